-- Up Migration

-- The facts' vectors, apart from the facts. A row that holds a 768-vector has no room for anything else: Postgres moves its ids to the TOAST table, two rows
-- fill a page, and every change of a fact's confidence writes 3 kB and an entry of the vectors' index. Apart, a fact is a row of some hundred bytes.
create table memory_vectors (
  tenant_id text not null references tenants (id) on delete cascade,
  memory_id text primary key references memories (id) on delete cascade,
  embedding vector(768) not null
);
-- Compared row by row: a vector in the TOAST table takes three to four times as long, and the ids must not be pushed out there in its stead.
alter table memory_vectors alter column tenant_id set storage plain, alter column memory_id set storage plain, alter column embedding set storage plain;
create index memory_vectors_by_tenant on memory_vectors (tenant_id);
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: the timer ensure-vector-indexes makes the index on memory_vectors';
  else
    create index memory_vectors_nearest on memory_vectors using ivfflat (embedding vector_cosine_ops) with (lists = 50);
  end if;
end $$;
-- Who migrates owns the tables and is no superuser: the wall would hide the rows from him.
alter table memories no force row level security;
insert into memory_vectors (tenant_id, memory_id, embedding) select tenant_id, id, embedding from memories;
alter table memories force row level security;
alter table memories drop column embedding;
select protect_tenant_table('memory_vectors', 'select, insert, update');
-- A text can be guessed from its vector: who does not see the fact, sees neither. An erased fact takes its vector with it.
create policy of_visible_facts on memory_vectors as restrictive to apexflow_runtime
  using (exists (select from memories m where m.id = memory_id)) with check (exists (select from memories m where m.id = memory_id));

-- New rows of chunks keep their ids, too.
alter table document_chunks alter column id set storage main, alter column tenant_id set storage main, alter column document_id set storage main,
  alter column user_id set storage main, alter column embedder set storage main;

-- An entry goes to its place at once: a list of pending ones is read by every search, whoever wrote them.
alter index memories_lexemes set (fastupdate = off);
alter index memory_turns_lexemes set (fastupdate = off);

-- One fact in sixty-four, the same ones always: what is common is counted among these.
alter table memories add column is_sampled boolean not null generated always as (hashtext(id) & 63 = 0) stored;
create index memories_sampled on memories (tenant_id) include (user_id, trust, scope, superseded_by, valid_from, valid_to, size) where is_sampled;
create index memories_sampled_lexemes on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end, tsvector_to_array(content_tsv))) with (fastupdate = off) where is_sampled;

-- Conditions of every step of a search, said once; the planner puts them in place.
create function is_visible_to(p_user_id text, p_trust text, p_scope text, p_author_id text) returns boolean language sql immutable parallel safe
  return (p_trust = 'trusted' and p_scope <> 'user') or p_author_id = p_user_id;
create function is_asked_for(p_asked_scope text, p_run_id text, p_worker text, p_scope text, p_scope_id text) returns boolean language sql immutable parallel safe
  return (p_asked_scope is null or p_scope = p_asked_scope) and (p_run_id is null or p_scope <> 'sprint' or p_scope_id = p_run_id)
    and (p_worker is null or p_scope <> 'worker' or p_scope_id = p_worker);

-- For search_memories only: the facts whose vectors are nearest. Up to 10,000 in sight they are compared one by one (`p_exactly`), since an index would filter
-- after it has chosen; above, the index takes part, and each of its finds is looked up by its key. Planned for this very tenant: what is cheaper depends on
-- his share of the table.
create function find_near_facts(p_embedding vector, p_embedder text, p_limit integer, p_scope text, p_run_id text, p_worker text, p_as_of timestamptz, p_exactly boolean)
returns text[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_in_sight text := 'm.tenant_id = $1 and is_visible_to($8, m.trust, m.scope, m.user_id) and m.embedder = $3
    and is_true_at($7, m.valid_from, m.valid_to, m.superseded_by) and is_asked_for($4, $5, $6, m.scope, m.scope_id)';
  v_near text[];
begin
  execute case when p_exactly then
    'select array(select n.memory_id from (
      select v.memory_id, v.embedding <=> $2 as distance from memory_vectors v join memories m on m.id = v.memory_id
      where v.tenant_id = $1 and ' || v_in_sight || ' offset 0) n order by n.distance limit $9)'
  else
    'select array(select v.memory_id from memory_vectors v cross join lateral (select from memories m where m.id = v.memory_id and ' || v_in_sight || ' offset 0) m
      where v.tenant_id = $1 order by v.embedding <=> $2 limit $9)'
  end
  into v_near using current_tenant_id(), p_embedding, p_embedder, p_scope, p_run_id, p_worker, p_as_of, current_user_id(), p_limit;
  return v_near;
end $$;

-- For search_memories only, where there are many facts: how many have a word of each asked term, guessed from the sample; the rarest term first. `is_read`: the
-- terms whose facts are looked at, as many as have `p_most` together, the rarest one always. A fact that has only words which thousands have is seldom what
-- is looked for; `is_filler` is the one such term that fills up, where the others' facts are fewer than wanted.
create function weigh_terms(p_lexemes text[], p_terms integer[], p_owned text[], p_as_of timestamptz, p_most integer, p_wanted integer)
returns table (term integer, facts float8, is_read boolean, is_filler boolean) language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with sampled as materialized (
    select m.id, tsvector_to_array(m.content_tsv) as words
    from (select k.* from memories k
      where k.is_sampled and owned_lexemes(k.tenant_id, case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end, tsvector_to_array(k.content_tsv)) && p_owned
      offset 0) m
    where m.tenant_id = current_tenant_id() and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id)
      and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
  ), counted as (
    select l.term, 64.0 * count(distinct s.id) as facts
    from unnest(p_lexemes, p_terms) as l (lexeme, term) left join sampled s on l.lexeme = any (s.words) group by l.term
  ), placed as (
    select c.term, c.facts, row_number() over rarest as place, sum(c.facts) over rarest as so_far from counted c window rarest as (order by c.facts, c.term)
  )
  select p.term, p.facts::float8, p.so_far <= p_most or p.place = 1, p.so_far > p_most and p.place > 1 and p.so_far - p.facts < p_wanted
  from placed p;
end $$;

-- Hybrid search over the facts that the asking person may see; the tenant and the person are the transaction's own, never a parameter.
--
-- Why a definer function: `@@` and `&&` are not leakproof, so under row-level security they would run after everything else, row by row, without an index.
-- Why in steps: a step's plan is kept for the connection, and none of them costs more than the rows of its own scope. Plans without whole tables
-- (`enable_seqscan`): a kept plan may come from a time when the table was small.
--
-- Text: BM25 with k1 0.9 and b 0.6 over the facts in sight; how rare a word is depends on nothing that the person cannot see. Vectors: of the same embedder
-- (`find_near_facts`). The best by words and the nearest by vectors are scored: each signal above its floor, divided by its maximum, added with weights. Of facts
-- with the same text the trusted one stays. The score is between 0 and 1; ties: newest first. Above 10,000 facts in sight, their number and what is common among
-- them are guessed from the sample, and facts that have common words alone may be left out (`weigh_terms`).
create or replace function search_memories(p_words text[], p_terms integer[], p_weights float8[], p_embedding vector, p_embedder text, p_vector_weight float8,
  p_similarity_floor float8, p_limit integer, p_scope text, p_run_id text, p_worker text, p_as_of timestamptz)
returns table (memory_id text, score float8, text_score float8, vector_score float8, bm25 float8, similarity float8, coverage float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan
set hnsw.iterative_scan = 'relaxed_order' set ivfflat.iterative_scan = 'relaxed_order' set ivfflat.probes = 20 as $$
#variable_conflict use_column
declare
  v_tenant text := current_tenant_id();
  v_user text := current_user_id();
  v_limit integer := least(greatest(p_limit, 1), 500);
  -- How many of each signal are scored: copies of one text take places that nobody sees.
  v_pool integer := 100 + 2 * v_limit;
  -- How many facts a search has time to look at for their words, where there are many.
  v_most constant integer := 4000;
  v_lexemes text[]; v_lexeme_terms integer[]; v_owned text[]; v_filler text[];
  v_common integer[] := '{}'; v_common_facts float8[] := '{}';
  v_facts float8; v_mean_size float8;
  v_near text[] := '{}';
begin
  select array_agg(a.lexeme), array_agg(a.term) into v_lexemes, v_lexeme_terms from asked_lexemes(p_words, p_terms) a;
  v_owned := owned_lexemes(v_tenant, '', v_lexemes) || owned_lexemes(v_tenant, v_user, v_lexemes);

  select 64 * count(*), greatest(avg(m.size), 1) into v_facts, v_mean_size from memories m
  where m.is_sampled and m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id)
    and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by);
  -- Only what may be few is counted.
  if v_facts < 15000 then
    select count(*), greatest(avg(v.size), 1) into v_facts, v_mean_size
    from (select m.size from memories m
      where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id) and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
      limit 15000) v;
  end if;

  if p_embedding is not null and p_vector_weight > 0
    and (v_facts <= 1000 or p_vector_weight >= 0.3 or (v_facts <= 10000 and v_lexemes is null)) then
    v_near := find_near_facts(p_embedding, p_embedder, v_pool, p_scope, p_run_id, p_worker, p_as_of, v_facts <= 10000);
  end if;

  if v_facts > 10000 then
    select array_agg(l.lexeme) filter (where w.is_read), array_agg(l.lexeme) filter (where w.is_filler),
      coalesce(array_agg(w.term) filter (where not w.is_read), '{}'), coalesce(array_agg(w.facts) filter (where not w.is_read), '{}')
    into v_owned, v_filler, v_common, v_common_facts
    from weigh_terms(v_lexemes, v_lexeme_terms, v_owned, p_as_of, v_most, v_pool) w join unnest(v_lexemes, v_lexeme_terms) as l (lexeme, term) using (term);
    v_owned := owned_lexemes(v_tenant, '', v_owned) || owned_lexemes(v_tenant, v_user, v_owned);
    v_filler := owned_lexemes(v_tenant, '', v_filler) || owned_lexemes(v_tenant, v_user, v_filler);
  end if;

  return query
  with lexemes as materialized (
    select l.lexeme, l.term, p_weights[l.term + 1] as weight from unnest(v_lexemes, v_lexeme_terms) as l (lexeme, term)
  ), found as materialized (
    select m.id, m.size, m.content_tsv
    from (select k.* from memories k
      where owned_lexemes(k.tenant_id, case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end, tsvector_to_array(k.content_tsv)) && v_owned
      offset 0) m
    where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id) and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
      and is_asked_for(p_scope, p_run_id, p_worker, m.scope, m.scope_id)
  ), filler as materialized (
    select m.id, m.size, m.content_tsv
    from (select k.* from memories k
      where v_filler is not null
        and owned_lexemes(k.tenant_id, case when k.trust = 'trusted' and k.scope <> 'user' then '' else k.user_id end, tsvector_to_array(k.content_tsv)) && v_filler
      offset 0) m
    where m.tenant_id = v_tenant and is_visible_to(v_user, m.trust, m.scope, m.user_id) and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
      and is_asked_for(p_scope, p_run_id, p_worker, m.scope, m.scope_id)
    limit v_most
  ), occurrences as materialized (
    -- Only the asked words of a fact go on: taking a long one apart is what would cost.
    select m.id, greatest(m.size, 1) as size, l.term, sum(cardinality(t.positions))::float8 as times
    from (select * from found union all select f.* from filler f where not exists (select from found where found.id = f.id)) m
    cross join lateral unnest(ts_filter(setweight(m.content_tsv, 'A', v_lexemes), '{a}')) t join lexemes l using (lexeme)
    group by m.id, m.size, l.term
  ), rarity as materialized (
    -- A word that no fact has tells as much as one that a single fact has.
    select r.term, r.weight, r.weight * ln(1 + (greatest(v_facts - r.facts, 0) + 0.5) / (r.facts + 0.5)) as worth
    from (select l.term, l.weight, greatest(o.facts, c.facts, 1) as facts
      from (select distinct l.term, l.weight from lexemes l) l
      left join (select o.term, count(*)::float8 as facts from occurrences o group by o.term) o using (term)
      left join (select distinct c.term, c.facts from unnest(v_common, v_common_facts) as c (term, facts)) c using (term)) r
  ), by_words as materialized (
    select o.id, sum(r.worth * o.times * 1.9 / (o.times + 0.9 * (0.4 + 0.6 * o.size / v_mean_size))) as bm25,
      least(sum(r.worth) / nullif((select sum(a.worth) from rarity a where a.weight = 1), 0), 1) as coverage
    from occurrences o join rarity r using (term) group by o.id
  ), pool as materialized (
    (select b.id from by_words b order by b.bm25 desc, b.id desc limit v_pool) union select n from unnest(v_near) n
  ), signals as materialized (
    select m.id, md5(lower(m.text)) as same_text, m.trust, m.created_at, coalesce(b.bm25, 0) as bm25, coalesce(b.coverage, 0) as coverage, v.similarity,
      coalesce(greatest(v.similarity - p_similarity_floor, 0), 0) as closeness
    from pool p left join by_words b using (id)
    cross join lateral (select k.* from memories k where k.id = p.id offset 0) m
    left join lateral (select nullif(1 - (k.embedding <=> p_embedding), 'NaN') as similarity from memory_vectors k
      where k.memory_id = p.id and p_vector_weight > 0 and m.embedder = p_embedder offset 0) v on true
  ), scaled as (
    select s.*, coalesce(s.bm25 / nullif(max(s.bm25) over (), 0), 0) as text_score, coalesce(s.closeness / nullif(max(s.closeness) over (), 0), 0) as vector_score
    from signals s
  ), fused as (
    select s.*, (s.text_score + p_vector_weight * s.vector_score) / (1 + p_vector_weight) as score,
      row_number() over (partition by s.same_text order by (s.trust = 'trusted') desc, s.created_at desc, s.id desc) as copy
    from scaled s
    where s.text_score > 0 or (p_vector_weight > 0 and s.vector_score > 0)
  )
  select f.id, f.score, f.text_score, f.vector_score, f.bm25::float8, f.similarity, f.coverage::float8
  from fused f
  where f.copy = 1
  order by f.score desc, f.created_at desc, f.id desc
  limit v_limit;
end $$;

-- As it was, but for the plan, which is kept for the connection: making it took longer than most searches.
create or replace function find_turn_candidates(p_words text[], p_terms integer[], p_months integer[], p_years integer[], p_days integer[],
  p_as_of timestamptz, p_sessions integer, p_turns integer)
returns json language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
  with lexemes as materialized (
    select a.lexeme, a.term from asked_lexemes(p_words, p_terms) a
  ), asked as materialized (
    select coalesce(array_agg(l.lexeme), '{}') as lexemes, any_lexeme(array_agg(l.lexeme)) as any_of_them,
      owned_lexemes(current_tenant_id(), current_user_id(), array_agg(l.lexeme)) as owned from lexemes l
  ), sessions as materialized (
    select t.session_id, min(t.said_at) as began, count(*) as turns, sum(t.size) as size, array_agg(distinct t.speaker) as speakers
    from memory_turns t
    where t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
    group by t.session_id
  ), whole as materialized (
    select coalesce(sum(s.turns), 0)::float8 as turns, coalesce(sum(s.size), 0)::float8 as size, count(*)::float8 as sessions from sessions s
  ), matched as materialized (
    -- Few turns are read faster than their index; of many only those with a word are touched.
    select t.session_id, t.position, tsvector_to_array(t.content_tsv) as words
    from asked a cross join memory_turns t
    where (select w.turns <= 5000 from whole w) and t.content_tsv @@ a.any_of_them
      and t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
    union all
    select t.session_id, t.position, tsvector_to_array(t.content_tsv)
    from asked a join memory_turns t on owned_lexemes(t.tenant_id, t.user_id, tsvector_to_array(t.content_tsv)) && a.owned
    where (select w.turns > 5000 from whole w)
      and t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.said_at <= p_as_of
  ), occurrences as materialized (
    select distinct m.session_id, m.position, l.term from matched m join lexemes l on l.lexeme = any (m.words)
  ), terms as materialized (
    select o.term, count(*) as turns, count(distinct o.session_id) as sessions, ln(1 + (w.turns - count(*) + 0.5) / (count(*) + 0.5)) as rarity
    from occurrences o cross join whole w group by o.term, w.turns
  ), by_words as materialized (
    select b.session_id, sum(b.of_term) + max(b.best) as score
    from (select o.session_id, t.rarity as of_term, 0::float8 as best from (select distinct session_id, term from occurrences) o join terms t using (term)
      union all
      select o.session_id, 0, sum(t.rarity) from occurrences o join terms t using (term) group by o.session_id, o.position) b
    group by b.session_id
  ), chosen as materialized (
    select s.session_id, s.began
    from (select s.*, sum(s.turns) over (order by s.score desc, s.began desc, s.session_id rows unbounded preceding) as turns_so_far
      from (select s.session_id, s.began, s.turns, coalesce(b.score, 0)
          + 3 * ((extract(month from s.began) = any (p_months))::integer + (extract(year from s.began) = any (p_years))::integer
            + (extract(day from s.began) = any (p_days))::integer) as score
        from sessions s left join by_words b using (session_id)) s
      where s.score > 0
      order by s.score desc, s.began desc, s.session_id limit p_sessions) s
    -- The best session comes whole, however long it is.
    where s.turns_so_far - s.turns < p_turns
  )
  select json_build_object('turns', w.turns, 'size', w.size, 'sessions', w.sessions,
    'speakers', coalesce((select json_agg(distinct u.speaker) from sessions s cross join lateral unnest(s.speakers) u (speaker)), '[]'),
    'terms', coalesce((select json_agg(json_build_array(t.term,
        (select json_agg(l.lexeme) from lexemes l where l.term = t.term), t.turns, t.sessions) order by t.term) from terms t), '[]'),
    'found', coalesce((select json_agg(json_build_array(f.session_id, f.began, f.turns) order by f.began, f.session_id) from (
        select c.session_id, c.began, json_agg(json_build_array(t.position, t.speaker, t.size, right(rtrim(t.text), 1) = '?',
          left(t.text || coalesce(' ' || t.caption, ''), 800),
          -- Only the asked words go on: taking a long turn apart is what would cost.
          case when t.content_tsv @@ a.any_of_them then ts_filter(setweight(t.content_tsv, 'A', a.lexemes), '{a}')::text else '' end) order by t.position) as turns
        from asked a cross join chosen c
        join memory_turns t on t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.session_id = c.session_id and t.said_at <= p_as_of
        group by c.session_id, c.began) f), '[]'))
  from whole w);
end $$;

alter function search_memory_blocks(text[], integer[], float8[], timestamptz, integer) set enable_seqscan = off;

revoke all on function is_visible_to(text, text, text, text), is_asked_for(text, text, text, text, text), weigh_terms(text[], integer[], text[], timestamptz, integer, integer),
  find_near_facts(vector, text, integer, text, text, text, timestamptz, boolean) from public;
grant execute on function is_visible_to(text, text, text, text), is_asked_for(text, text, text, text, text), weigh_terms(text[], integer[], text[], timestamptz, integer, integer),
  find_near_facts(vector, text, integer, text, text, text, timestamptz, boolean) to apexflow_definer;
