-- Up Migration

-- A row's lexemes, each marked with whose it is, for an index that many tenants share: a search reads the entries of its own owner alone, so that nobody's
-- rows make anybody's search slower. Two owners with the same mark (one in 2^48) cost time and nothing else, because the owner is asked for as well.
create function owned_lexemes(p_tenant_id text, p_owner text, p_lexemes text[]) returns text[] language sql immutable parallel safe
  return (select array_agg(left(md5(p_tenant_id || ' ' || p_owner), 12) || l) from unnest(p_lexemes) l);

-- What was said, turn by turn, in a session that was archived: the evidence behind facts. A person's own, whoever is in it; it goes with its
-- session, and with its person. `said_at` is what dates in the text ("yesterday") are counted from.
create table memory_turns (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  position integer not null check (position >= 0),
  speaker text not null check (length(speaker) between 1 and 200),
  said_at timestamptz not null,
  text text not null check (length(text) <= 100000),
  -- What a picture of the turn shows, in words.
  caption text check (length(caption) <= 10000),
  content_tsv tsvector generated always as (memory_lexemes(text || ' ' || coalesce(caption, ''))) stored,
  size integer generated always as (length(memory_lexemes(text || ' ' || coalesce(caption, '')))) stored,
  primary key (tenant_id, session_id, position),
  foreign key (tenant_id, session_id) references memory_sessions (tenant_id, id) on delete cascade
);
-- Sizes, times and speakers of all turns of a person are counted from the index alone.
create index memory_turns_by_person on memory_turns (tenant_id, user_id, session_id) include (said_at, size, speaker);
create index memory_turns_lexemes on memory_turns using gin (owned_lexemes(tenant_id, user_id, tsvector_to_array(content_tsv)));
create index memory_turns_by_user on memory_turns (user_id);
select protect_tenant_table('memory_turns', 'select, insert, delete');
create policy own_only on memory_turns as restrictive for select to apexflow_runtime using (user_id = current_user_id());
create policy in_own_name on memory_turns as restrictive for insert to apexflow_runtime with check (user_id = current_user_id());
create policy own_to_delete on memory_turns as restrictive for delete to apexflow_runtime using (user_id = current_user_id());

-- The asked words as lexemes of the index. A word stands for `p_terms` of the same place: forms of one word ("go", "went") are one term and count together.
-- A lexeme belongs to the first term that has it.
create function asked_lexemes(p_words text[], p_terms integer[]) returns table (lexeme text, term integer)
language sql immutable parallel safe rows 20 set search_path = pg_catalog, public, pg_temp as $$
  select l.lexeme, min(w.term) from unnest(p_words, p_terms) as w (word, term) cross join lateral unnest(memory_lexemes(w.word)) l group by l.lexeme;
$$;

-- The sessions of the asking person that could answer a question, with all their turns, and what is needed to weigh words: the ranking itself is the
-- caller's. The tenant and the person are the transaction's own, never a parameter. Nothing that was said after `p_as_of` is in it or counts.
--
-- Why a definer function: `&&` is not leakproof, so under row-level security it would run without its index. A session is chosen by the words that it has (as
-- rare as they are among the person's own turns) and by its day; `p_months`, `p_years` and `p_days` are the parts of dates that the question names.
--
-- One JSON value: {"turns", "size", "sessions", "speakers", "terms": [[term, [lexeme, …], turns with it, sessions with it], …],
-- "found": [[session, began, [[position, speaker, size, is a question, beginning of the text, matched lexemes], …]], …]}, oldest session first.
create function find_turn_candidates(p_words text[], p_terms integer[], p_months integer[], p_years integer[], p_days integer[],
  p_as_of timestamptz, p_sessions integer, p_turns integer)
returns json language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
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
  from whole w;
$$;
-- Facts: `size` beside the words, so that a search counts what it may see from an index alone, and the lexemes with whose they are.
alter table memories add column size integer generated always as (length(memory_lexemes(text))) stored;
create index memories_counted on memories (tenant_id) include (user_id, trust, scope, superseded_by, valid_from, valid_to, size);
create index memories_lexemes on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end, tsvector_to_array(content_tsv)));

-- Whether a fact was true at a time: null asks for what holds now and was not replaced.
create function is_true_at(p_as_of timestamptz, p_valid_from timestamptz, p_valid_to timestamptz, p_superseded_by text) returns boolean
language sql stable parallel safe
  return case when p_as_of is null then p_superseded_by is null and (p_valid_to is null or p_valid_to > now())
    else p_valid_from <= p_as_of and (p_valid_to > p_as_of or (p_valid_to is null and p_superseded_by is null)) end;

-- Hybrid search over the facts that the asking person may see; the tenant and the person are the transaction's own, never a parameter.
--
-- Why a definer function: `@@` and `&&` are not leakproof, so under row-level security they would run after everything else, row by row, without an index.
-- How rare a word is (BM25's idf) depends on nothing that the person cannot see. Up to 1,000 visible facts are all computed. Above, those with a word of the
-- question come through the index of their owner's lexemes, and vectors have a say for an embedder that earned a weight of 0.3, or where the question
-- has no words: up to 10,000 facts compared one by one, above through the vectors' own index. Above 10,000 facts are not counted on, which moves all words alike.
--
-- Text: BM25 with k1 0.9 and b 0.6, a term being a word in all its forms with its weight. Vectors: cosine above `p_similarity_floor`, of rows of the same
-- embedder only. Both are divided by their maximum and added with weights; a row that scores nothing in both never comes back. Of rows with the same
-- text the trusted one stays. The score is between 0 and 1; ties: newest first. `coverage` is how much of what the question tells is in the fact.
drop function search_memories(text, vector, text, float8, float8, integer, text, text, text);
create function search_memories(p_words text[], p_terms integer[], p_weights float8[], p_embedding vector, p_embedder text, p_vector_weight float8,
  p_similarity_floor float8, p_limit integer, p_scope text, p_run_id text, p_worker text, p_as_of timestamptz)
returns table (memory_id text, score float8, text_score float8, vector_score float8, bm25 float8, similarity float8, coverage float8)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set hnsw.iterative_scan = 'relaxed_order' set ivfflat.iterative_scan = 'relaxed_order' set ivfflat.probes = 20 as $$
  with lexemes as materialized (
    select a.lexeme, a.term, p_weights[a.term + 1] as weight from asked_lexemes(p_words, p_terms) a
  ), asked as materialized (
    select array_agg(l.lexeme) as lexemes, any_lexeme(array_agg(l.lexeme)) as any_of_them,
      owned_lexemes(current_tenant_id(), '', array_agg(l.lexeme)) || owned_lexemes(current_tenant_id(), current_user_id(), array_agg(l.lexeme)) as owned
    from lexemes l
  ), whole as materialized (
    select count(*)::float8 as facts, greatest(avg(v.size), 1)::float8 as mean_size
    from (select m.size from memories m
      where m.tenant_id = current_tenant_id() and ((m.trust = 'trusted' and m.scope <> 'user') or m.user_id = current_user_id())
        and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
      limit 10001) v
  ), near as materialized (
    -- All vectors of the scope, compared one by one; never through an index, which would filter after it has chosen.
    (select n.id from (
      select m.id, m.embedding <=> p_embedding as distance from memories m
      where (select w.facts > 1000 and w.facts <= 10000 from whole w)
        and (p_vector_weight >= 0.3 or (p_vector_weight > 0 and (select a.lexemes is null from asked a))) and m.embedder = p_embedder
        and m.tenant_id = current_tenant_id() and ((m.trust = 'trusted' and m.scope <> 'user') or m.user_id = current_user_id())
        and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
        and (p_scope is null or m.scope = p_scope)
      offset 0) n order by n.distance limit 200)
    union all
    (select n.id from (
      select m.id from memories m
      where (select w.facts > 10000 from whole w) and p_vector_weight >= 0.3 and m.embedder = p_embedder
        and m.tenant_id = current_tenant_id() and ((m.trust = 'trusted' and m.scope <> 'user') or m.user_id = current_user_id())
        and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
        and (p_scope is null or m.scope = p_scope)
      order by m.embedding <=> p_embedding limit 200) n)
  ), picked as materialized (
    select m.id from asked a join memories m
      on owned_lexemes(m.tenant_id, case when m.trust = 'trusted' and m.scope <> 'user' then '' else m.user_id end, tsvector_to_array(m.content_tsv)) && a.owned
    where (select w.facts > 1000 from whole w)
    union select n.id from near n
  ), visible as materialized (
    select m.id, md5(lower(m.text)) as same_text, m.trust, m.created_at, greatest(m.size, 1) as size,
      case when m.content_tsv @@ a.any_of_them then ts_filter(setweight(m.content_tsv, 'A', a.lexemes), '{a}') end as matched,
      case when p_vector_weight > 0 and m.embedder = p_embedder then nullif(1 - (m.embedding <=> p_embedding), 'NaN') end as similarity
    from (select m.* from memories m where m.tenant_id = current_tenant_id() and (select w.facts <= 1000 from whole w)
      -- Each by its key (offset 0): a plan that believes in few rows of the tenant would read all of them for each.
      union all select m.* from picked p cross join lateral (select k.* from memories k where k.id = p.id offset 0) m) m cross join asked a
    where m.tenant_id = current_tenant_id()
      and ((m.trust = 'trusted' and m.scope <> 'user') or m.user_id = current_user_id())
      and is_true_at(p_as_of, m.valid_from, m.valid_to, m.superseded_by)
      and (p_scope is null or m.scope = p_scope)
      and (p_run_id is null or m.scope <> 'sprint' or m.scope_id = p_run_id)
      and (p_worker is null or m.scope <> 'worker' or m.scope_id = p_worker)
  ), occurrences as materialized (
    select v.id, v.size, l.term, l.weight, sum(cardinality(t.positions))::float8 as times
    from visible v cross join lateral unnest(v.matched) t join lexemes l using (lexeme)
    where v.matched is not null group by v.id, v.size, l.term, l.weight
  ), rarity as materialized (
    select o.term, o.weight * ln(1 + (greatest(w.facts - count(*), 0) + 0.5) / (count(*) + 0.5)) as worth
    from occurrences o cross join whole w group by o.term, o.weight, w.facts
  ), asked_for as materialized (
    -- What the question's own words tell together; a word that no fact has tells as much as one that a single fact has.
    select sum(case when r.term is null then w.weight * ln(1 + (n.facts + 0.5) / 1.5) else r.worth end) as worth
    from (select distinct l.term, l.weight from lexemes l where l.weight = 1) w left join rarity r using (term) cross join whole n
  ), by_words as materialized (
    select o.id, sum(r.worth * o.times * 1.9 / (o.times + 0.9 * (0.4 + 0.6 * o.size / w.mean_size))) as bm25, sum(r.worth) / nullif(max(a.worth), 0) as coverage
    from occurrences o join rarity r using (term) cross join whole w cross join asked_for a group by o.id
  ), signals as materialized (
    select v.id, v.same_text, v.trust, v.created_at, v.similarity, coalesce(b.bm25, 0) as bm25, least(coalesce(b.coverage, 0), 1) as coverage,
      coalesce(greatest(v.similarity - p_similarity_floor, 0), 0) as closeness
    from visible v left join by_words b using (id)
  ), scaled as (
    select s.*, coalesce(s.bm25 / nullif(max(s.bm25) over (), 0), 0) as text_score,
      coalesce(s.closeness / nullif(max(s.closeness) over (), 0), 0) as vector_score
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
  limit least(greatest(p_limit, 1), 500);
$$;

-- The asking person's blocks of entity files that stood at a time (null: stand now) and match a question's words; BM25 as for facts. In plpgsql, because it is
-- written before the table of blocks is made.
create function search_memory_blocks(p_words text[], p_terms integer[], p_weights float8[], p_as_of timestamptz, p_limit integer)
returns table (path text, block text, valid_from timestamptz, score float8, bm25 float8, coverage float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with lexemes as materialized (
    select a.lexeme, a.term, p_weights[a.term + 1] as weight from asked_lexemes(p_words, p_terms) a
  ), asked as materialized (
    select array_agg(l.lexeme) as lexemes, any_lexeme(array_agg(l.lexeme)) as any_of_them from lexemes l
  ), standing as materialized (
    select b.path, b.block, b.valid_from, greatest(length(b.content_tsv), 1) as size,
      case when b.content_tsv @@ a.any_of_them then ts_filter(setweight(b.content_tsv, 'A', a.lexemes), '{a}') end as matched
    from memory_blocks b cross join asked a
    where b.tenant_id = current_tenant_id() and b.user_id = current_user_id()
      and case when p_as_of is null then b.valid_to is null else b.valid_from <= p_as_of and (b.valid_to is null or b.valid_to > p_as_of) end
  ), whole as materialized (
    select count(*)::float8 as blocks, greatest(avg(s.size), 1)::float8 as mean_size from standing s
  ), occurrences as materialized (
    select s.path, s.block, s.valid_from, s.size, l.term, l.weight, sum(cardinality(t.positions))::float8 as times
    from standing s cross join lateral unnest(s.matched) t join lexemes l using (lexeme)
    where s.matched is not null group by s.path, s.block, s.valid_from, s.size, l.term, l.weight
  ), rarity as materialized (
    select o.term, o.weight * ln(1 + (w.blocks - count(*) + 0.5) / (count(*) + 0.5)) as worth
    from occurrences o cross join whole w group by o.term, o.weight, w.blocks
  ), asked_for as materialized (
    select sum(case when r.term is null then w.weight * ln(1 + (n.blocks + 0.5) / 1.5) else r.worth end) as worth
    from (select distinct l.term, l.weight from lexemes l where l.weight = 1) w left join rarity r using (term) cross join whole n
  ), by_words as materialized (
    select o.path, o.block, o.valid_from, sum(r.worth * o.times * 1.9 / (o.times + 0.9 * (0.4 + 0.6 * o.size / w.mean_size))) as bm25,
      least(sum(r.worth) / nullif(max(a.worth), 0), 1) as coverage
    from occurrences o join rarity r using (term) cross join whole w cross join asked_for a group by o.path, o.block, o.valid_from
  )
  select b.path, b.block, b.valid_from, (b.bm25 / max(b.bm25) over ())::float8, b.bm25::float8, b.coverage::float8
  from by_words b where b.bm25 > 0
  order by b.bm25 desc, b.valid_from desc, b.path, b.block
  limit least(greatest(p_limit, 1), 500);
end $$;

grant create on schema public to apexflow_definer;
alter function find_turn_candidates(text[], integer[], integer[], integer[], integer[], timestamptz, integer, integer) owner to apexflow_definer;
alter function search_memories(text[], integer[], float8[], vector, text, float8, float8, integer, text, text, text, timestamptz) owner to apexflow_definer;
alter function search_memory_blocks(text[], integer[], float8[], timestamptz, integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function owned_lexemes(text, text, text[]), asked_lexemes(text[], integer[]), is_true_at(timestamptz, timestamptz, timestamptz, text),
  find_turn_candidates(text[], integer[], integer[], integer[], integer[], timestamptz, integer, integer),
  search_memories(text[], integer[], float8[], vector, text, float8, float8, integer, text, text, text, timestamptz),
  search_memory_blocks(text[], integer[], float8[], timestamptz, integer) from public;
-- Rows are written by the runtime, and an index's expression runs with its rights.
grant execute on function owned_lexemes(text, text, text[]) to apexflow_definer, apexflow_runtime;
grant execute on function asked_lexemes(text[], integer[]), is_true_at(timestamptz, timestamptz, timestamptz, text) to apexflow_definer;
grant execute on function find_turn_candidates(text[], integer[], integer[], integer[], integer[], timestamptz, integer, integer),
  search_memories(text[], integer[], float8[], vector, text, float8, float8, integer, text, text, text, timestamptz),
  search_memory_blocks(text[], integer[], float8[], timestamptz, integer) to apexflow_runtime;
