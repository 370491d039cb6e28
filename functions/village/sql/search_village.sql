-- Hybrid search over the statements that the current user sees and that the acting agent hears (is_heard_by). The
-- tenant and the user come from the transaction and are never a parameter; p_acting is the agent, null for the user.
-- Statements that were merged into another one are left out.
--
-- Text: BM25; the rarity of a word depends on nothing that the user cannot see. For each term the newest 2,000
-- statements that have it are scored, so that a common word never crowds out a rare one. Vectors: statements of the
-- same embedder (find_near_statements). Each signal is taken above its floor, divided by its maximum, and added with
-- weights. The score is between 0 and 1; ties are ordered newest first. p_k1 and p_b: see bm25_of.
--
-- SECURITY DEFINER, because the operator && is not leakproof: under row-level security Postgres would not use its
-- index.
create or replace function search_village(p_words text[], p_terms integer[], p_weights float8[], p_languages text[],
  p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8, p_limit integer,
  p_acting text, p_realm text, p_agent_id text, p_thread_id text, p_category text, p_since timestamptz,
  p_until timestamptz, p_k1 float8, p_b float8)
returns table (statement_id text, score float8, text_score float8, vector_score float8, bm25 float8, similarity float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan
set hnsw.iterative_scan = 'relaxed_order' set ivfflat.iterative_scan = 'relaxed_order' set ivfflat.probes = 20 as $$
#variable_conflict use_column
declare
  v_tenant constant text := current_tenant_id();
  v_user constant text := current_user_id();
  v_limit constant integer := least(greatest(p_limit, 1), 200);
  v_pool constant integer := 100 + 2 * v_limit;
  v_most_of_term constant integer := 2000;
  v_lexemes text[]; v_lexeme_terms integer[];
  v_statements float8; v_mean_size float8;
  v_near text[] := '{}';
begin
  select array_agg(a.lexeme), array_agg(a.term) into v_lexemes, v_lexeme_terms
  from asked_lexemes(p_words, p_terms, p_languages) a;

  select count(*), greatest(avg(v.size), 1) into v_statements, v_mean_size
  from (select k.size from village_knowledge k
    where k.tenant_id = v_tenant and k.merged_into is null and (k.readers is null or v_user = any (k.readers))
      and is_heard_by(p_acting, k.realm, k.agent_id, k.sides)
    order by k.created_at desc limit 10001) v;

  if p_embedding is not null and p_vector_weight > 0 then
    v_near := find_near_statements(p_embedding, p_embedder, v_pool, p_acting, p_realm, p_agent_id, p_thread_id,
      p_category, p_since, p_until, v_statements <= 10000);
  end if;

  return query
  with lexemes as materialized (
    select l.lexeme, l.term, p_weights[l.term + 1] as weight from unnest(v_lexemes, v_lexeme_terms) as l (lexeme, term)
  ), terms as materialized (
    select l.term, l.weight, visible_lexemes(array_agg(l.lexeme)) as keys from lexemes l group by l.term, l.weight
  ), matched as materialized (
    select t.term, m.id, m.statements from terms t
    cross join lateral (select h.id, count(*) over () as statements
      from (select k.* from village_knowledge k
        where reader_lexemes(k.tenant_id, k.readers, tsvector_to_array(k.content_tsv)) && t.keys
        offset 0) h
      where h.tenant_id = v_tenant and h.merged_into is null and (h.readers is null or v_user = any (h.readers))
        and is_heard_by(p_acting, h.realm, h.agent_id, h.sides) and (p_realm is null or h.realm = p_realm)
        and (p_agent_id is null or h.agent_id = p_agent_id) and (p_thread_id is null or h.thread_id = p_thread_id)
        and (p_category is null or h.category = p_category) and (p_since is null or h.created_at >= p_since)
        and (p_until is null or h.created_at < p_until)
      order by h.created_at desc, h.id desc limit v_most_of_term) m
  ), rarity as materialized (
    select t.term, t.weight * rarity_of(greatest(max(h.statements), 1), greatest(v_statements, 1)) as worth
    from terms t left join matched h using (term) group by t.term, t.weight
  ), by_words as materialized (
    select o.id, sum(bm25_of(r.worth, o.times, o.size, v_mean_size, p_k1, p_b)) as bm25
    from (select k.id, greatest(k.size, 1) as size, l.term, sum(cardinality(t.positions))::float8 as times
      from (select distinct h.id from matched h) h join village_knowledge k using (id)
      -- Keeps only the asked words: unnesting a long statement is expensive.
      cross join lateral unnest(ts_filter(setweight(k.content_tsv, 'A', v_lexemes), '{a}')) t
        join lexemes l using (lexeme)
      group by k.id, k.size, l.term) o
    join rarity r using (term) group by o.id
  ), pool as materialized (
    (select b.id from by_words b order by b.bm25 desc, b.id desc limit v_pool) union select n from unnest(v_near) n
  ), signals as materialized (
    select k.id, k.created_at, coalesce(b.bm25, 0) as bm25, v.similarity,
      coalesce(greatest(v.similarity - p_similarity_floor, 0), 0) as closeness
    from pool p join village_knowledge k using (id) left join by_words b using (id)
    left join lateral (select nullif(1 - (e.embedding <=> p_embedding), 'NaN') as similarity from village_vectors e
      where e.statement_id = k.id and p_vector_weight > 0 and k.embedder = p_embedder offset 0) v on true
  ), scaled as (
    select s.*, coalesce(s.bm25 / nullif(max(s.bm25) over (), 0), 0) as text_score,
      coalesce(s.closeness / nullif(max(s.closeness) over (), 0), 0) as vector_score
    from signals s
  )
  select s.id, (s.text_score + p_vector_weight * s.vector_score) / (1 + p_vector_weight), s.text_score, s.vector_score,
    s.bm25::float8, s.similarity
  from scaled s
  where s.text_score > 0 or (p_vector_weight > 0 and s.vector_score > 0)
  order by 2 desc, s.created_at desc, s.id desc
  limit v_limit;
end $$;

alter function search_village owner to apexflow_definer;
revoke all on function search_village from public;
grant execute on function search_village to apexflow_runtime;
