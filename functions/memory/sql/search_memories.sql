-- Hybrid search over the facts that the current user may see. The tenant and the user come from the transaction and
-- are never a parameter.
--
-- Text: BM25 over the visible facts; the rarity of a word depends on nothing that the user cannot see. Vectors: facts
-- of the same embedder (find_near_facts). The best facts by text and the nearest by vector are scored: each signal
-- above its floor, divided by its maximum, and added with weights. Of facts with the same text the trusted one is
-- kept. The score is between 0 and 1; ties are ordered newest first. coverage is the share of the question's own
-- words, weighted by rarity, that the fact has. p_k1 and p_b: see bm25_of.
--
-- Above 10,000 visible facts, their number and the common words are estimated from the sample, and facts that have
-- only common words may be left out (weigh_terms).
--
-- SECURITY DEFINER, because the operators @@ and && are not leakproof: under row-level security Postgres would check
-- them row by row, without an index. The search has several statements, because the plan of each is kept for the
-- connection and reads only the rows of its own scope. enable_seqscan is off, because a kept plan can be from a time
-- when the table was small.
create or replace function search_memories(p_words text[], p_terms integer[], p_weights float8[], p_languages text[],
  p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8, p_limit integer, p_scope text,
  p_run_id text, p_worker text, p_as_of timestamptz, p_k1 float8, p_b float8)
returns table (memory_id text, score float8, text_score float8, vector_score float8, bm25 float8, similarity float8,
  coverage float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan
set hnsw.iterative_scan = 'relaxed_order' set ivfflat.iterative_scan = 'relaxed_order' set ivfflat.probes = 20 as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant_id();
  v_user text := current_user_id();
  v_limit integer := least(greatest(p_limit, 1), 500);
  -- How many facts of each signal are scored. More than p_limit, because copies of one text are dropped later.
  v_pool integer := 100 + 2 * v_limit;
  -- How many facts a search can afford to read for their words.
  v_most constant integer := 4000;
  v_lexemes text[]; v_lexeme_terms integer[]; v_owned text[]; v_filler text[];
  v_common integer[] := '{}'; v_common_facts float8[] := '{}';
  v_facts float8; v_mean_size float8;
  v_near text[] := '{}';
begin
  select array_agg(a.lexeme), array_agg(a.term) into v_lexemes, v_lexeme_terms
  from asked_lexemes(p_words, p_terms, p_languages) a;
  v_owned := visible_lexemes(v_lexemes);

  if is_subject(v_user) then
    -- The facts of all users of the tenant would be read to count these few.
    select count(*), greatest(avg(v.size), 1) into v_facts, v_mean_size
    from (select m.size from memories m
      where m.tenant_id = v_tenant and m.user_id = v_user
        and is_true_at(p_as_of, m.valid_from, m.valid_to)
      limit 15000) v;
  else
    select 64 * count(*), greatest(avg(m.size), 1) into v_facts, v_mean_size from memories m
    where m.is_sampled and m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id)
      and is_true_at(p_as_of, m.valid_from, m.valid_to);
    -- Facts are counted exactly only when there may be few.
    if v_facts < 15000 then
      select count(*), greatest(avg(v.size), 1) into v_facts, v_mean_size
      from (select m.size from memories m
        where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id)
          and is_true_at(p_as_of, m.valid_from, m.valid_to)
        limit 15000) v;
    end if;
  end if;

  if p_embedding is not null and p_vector_weight > 0
    and (v_facts <= 1000 or p_vector_weight >= 0.3 or (v_facts <= 10000 and v_lexemes is null)) then
    v_near := find_near_facts(p_embedding, p_embedder, v_pool, p_scope, p_run_id, p_worker, p_as_of, v_facts <= 10000);
  end if;

  if v_facts > 10000 then
    select array_agg(l.lexeme) filter (where w.is_read), array_agg(l.lexeme) filter (where w.is_filler),
      coalesce(array_agg(w.term) filter (where not w.is_read), '{}'),
        coalesce(array_agg(w.facts) filter (where not w.is_read), '{}')
    into v_owned, v_filler, v_common, v_common_facts
    from weigh_terms(v_lexemes, v_lexeme_terms, v_owned, p_as_of, v_most, v_pool) w
      join unnest(v_lexemes, v_lexeme_terms) as l (lexeme, term) using (term);
    v_owned := visible_lexemes(v_owned);
    v_filler := visible_lexemes(v_filler);
  end if;

  return query
  with lexemes as materialized (
    select l.lexeme, l.term, p_weights[l.term + 1] as weight from unnest(v_lexemes, v_lexeme_terms) as l (lexeme, term)
  ), found as materialized (
    select m.id, m.size, m.content_tsv
    from (select k.* from memories k
      where owned_lexemes(k.tenant_id, case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end,
        tsvector_to_array(k.content_tsv)) && v_owned
      offset 0) m
    where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id)
      and is_true_at(p_as_of, m.valid_from, m.valid_to)
      and is_asked_for(p_scope, p_run_id, p_worker, m.scope, m.scope_id)
  ), filler as materialized (
    select m.id, m.size, m.content_tsv
    from (select k.* from memories k
      where v_filler is not null
        and owned_lexemes(k.tenant_id, case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end,
          tsvector_to_array(k.content_tsv)) && v_filler
      offset 0) m
    where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id)
      and is_true_at(p_as_of, m.valid_from, m.valid_to)
      and is_asked_for(p_scope, p_run_id, p_worker, m.scope, m.scope_id)
    limit v_most
  ), occurrences as materialized (
    -- Keeps only the asked words of a fact: unnesting a long one is expensive.
    select m.id, greatest(m.size, 1) as size, l.term, sum(cardinality(t.positions))::float8 as times
    from (select * from found union all select f.* from filler f
      where not exists (select from found where found.id = f.id)) m
    cross join lateral unnest(ts_filter(setweight(m.content_tsv, 'A', v_lexemes), '{a}')) t
      join lexemes l using (lexeme)
    group by m.id, m.size, l.term
  ), rarity as materialized (
    -- A word that no fact has counts as if one fact had it.
    select r.term, r.weight, r.weight * rarity_of(r.facts, v_facts) as worth
    from (select l.term, l.weight, greatest(o.facts, c.facts, 1) as facts
      from (select distinct l.term, l.weight from lexemes l) l
      left join (select o.term, count(*)::float8 as facts from occurrences o group by o.term) o using (term)
      left join (select distinct c.term, c.facts
        from unnest(v_common, v_common_facts) as c (term, facts)) c using (term)) r
  ), by_words as materialized (
    select o.id, sum(bm25_of(r.worth, o.times, o.size, v_mean_size, p_k1, p_b)) as bm25,
      least(sum(r.worth) / nullif((select sum(a.worth) from rarity a where a.weight = 1), 0), 1) as coverage
    from occurrences o join rarity r using (term) group by o.id
  ), pool as materialized (
    (select b.id from by_words b order by b.bm25 desc, b.id desc limit v_pool) union select n from unnest(v_near) n
  ), signals as materialized (
    select m.id, md5(lower(m.text)) as same_text, m.trust, m.created_at, coalesce(b.bm25, 0) as bm25,
      coalesce(b.coverage, 0) as coverage, v.similarity,
      coalesce(greatest(v.similarity - p_similarity_floor, 0), 0) as closeness
    from pool p left join by_words b using (id)
    cross join lateral (select k.* from memories k where k.id = p.id offset 0) m
    left join lateral (select nullif(1 - (k.embedding <=> p_embedding), 'NaN') as similarity from memory_vectors k
      where k.memory_id = p.id and p_vector_weight > 0 and m.embedder = p_embedder offset 0) v on true
  ), scaled as (
    select s.*, coalesce(s.bm25 / nullif(max(s.bm25) over (), 0), 0) as text_score,
      coalesce(s.closeness / nullif(max(s.closeness) over (), 0), 0) as vector_score
    from signals s
  ), fused as (
    select s.*, (s.text_score + p_vector_weight * s.vector_score) / (1 + p_vector_weight) as score,
      row_number() over (partition by s.same_text
        order by (s.trust = 'trusted') desc, s.created_at desc, s.id desc) as copy
    from scaled s
    where s.text_score > 0 or (p_vector_weight > 0 and s.vector_score > 0)
  )
  select f.id, f.score, f.text_score, f.vector_score, f.bm25::float8, f.similarity, f.coverage::float8
  from fused f
  where f.copy = 1
  order by f.score desc, f.created_at desc, f.id desc
  limit v_limit;
end $$;

alter function search_memories owner to apexflow_definer;
revoke all on function search_memories from public;
grant execute on function search_memories to apexflow_runtime;
