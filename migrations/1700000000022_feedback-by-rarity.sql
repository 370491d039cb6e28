-- Up Migration

-- Marked with whose they are, as the facts' lexemes: a search pays for its own person's chunks alone.
drop index idx_chunks_fts;
create index idx_chunks_lexemes on document_chunks using gin (owned_lexemes(tenant_id, user_id, tsvector_to_array(content_tsv))) with (fastupdate = off);

drop function search_documents(text, vector, text, float8, float8, integer, text);
drop function rank_chunks(text[], float8[], text);

-- For search_documents only: how often which of these lexemes stands in which of the asking person's chunks. It does not look for signals of its own.
create function count_in_chunks(p_lexemes text[])
returns table (chunk_id text, document_id text, size integer, lexeme text, times float8)
language sql stable rows 5000 security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
  with matched as materialized (
    -- Only the asked words of a chunk go on: taking a chunk of hundreds of words apart is what would cost.
    select c.id, c.document_id, c.size, ts_filter(setweight(c.content_tsv, 'A', p_lexemes), '{a}') as hits
    from (select k.* from document_chunks k
      where owned_lexemes(k.tenant_id, k.user_id, tsvector_to_array(k.content_tsv)) && owned_lexemes(current_tenant_id(), current_user_id(), p_lexemes)
      offset 0) c
    where c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  )
  select m.id, m.document_id, m.size, t.lexeme, cardinality(t.positions)::float8 from matched m cross join lateral unnest(m.hits) t;
$$;

-- What an occurrence counts: BM25 with k1 1.2 and b 0.75 over the lexemes of a chunk. `p_worth`: how rare the word is.
create function bm25_of(p_worth float8, p_times float8, p_size integer, p_mean_size float8) returns float8 language sql immutable parallel safe
  return p_worth * p_times * 2.2 / (p_times + 1.2 * (0.25 + 0.75 * p_size / p_mean_size));
create function rarity_of(p_with float8, p_all float8) returns float8 language sql immutable parallel safe
  return ln(1 + (greatest(p_all - p_with, 0) + 0.5) / (p_with + 0.5));

-- Hybrid search over the chunks of the asking person's documents; the tenant and the person are the transaction's own, never a parameter. How rare a word is
-- counts among his own chunks alone, so nobody else's documents move a score.
--
-- Text: the question's words find chunks; of the forty words that fill the five best most, the ten that tell most by how rare they are count for half in a second
-- look (relevance feedback, RM3), because a question and its answer often name the same thing differently. Of fewer than a hundred chunks fewer are the best:
-- the fifth of seven has nothing to do with the question. Vectors: the chunks above `p_similarity_floor`, of the
-- same embedder only, all of the person's compared exactly: an approximate index would filter after it has chosen. Both orders are fused by reciprocal rank with
-- k 60, the vectors' weighted; the score is 1 for what is first in both. Why a definer function: `&&` is not leakproof, so under row-level security it would run
-- without its index.
create function search_documents(p_query text, p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8,
  p_limit integer, p_document_id text)
returns table (chunk_id text, score float8, text_rank integer, vector_rank integer, bm25 float8, similarity float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_asked text[] := tsvector_to_array(memory_lexemes(p_query));
  v_chunks float8; v_mean_size float8;
  v_telling text[]; v_filled float8[];
begin
  select count(*), greatest(avg(c.size), 1) into v_chunks, v_mean_size from document_chunks c
  where c.tenant_id = current_tenant_id() and c.user_id = current_user_id();

  with counted as materialized (
    select * from count_in_chunks(v_asked)
  ), rarity as materialized (
    select c.lexeme, rarity_of(count(*), v_chunks) as worth from counted c group by c.lexeme
  ), first_look as materialized (
    select c.chunk_id, sum(bm25_of(r.worth, c.times, c.size, v_mean_size)) as bm25 from counted c join rarity r using (lexeme)
    where p_document_id is null or c.document_id = p_document_id group by c.chunk_id order by 2 desc, 1
    limit least(5, ceil(v_chunks / 20))
  ), filling as (
    select t.lexeme, sum(f.bm25 / s.bm25 * cardinality(t.positions) / w.words) as filled
    from first_look f cross join (select sum(bm25) as bm25 from first_look) s join document_chunks c on c.id = f.chunk_id
    cross join lateral (select greatest(sum(cardinality(u.positions)), 1)::float8 as words from unnest(c.content_tsv) u) w
    cross join lateral unnest(c.content_tsv) t
    group by t.lexeme order by 2 desc, 1 limit 40
  )
  select array_agg(f.lexeme), array_agg(f.filled) into v_telling, v_filled from filling f;

  return query
  with counted as materialized (
    select * from count_in_chunks(array(select unnest(v_asked) union select unnest(v_telling)))
  ), rarity as materialized (
    select c.lexeme, rarity_of(count(*), v_chunks) as worth from counted c group by c.lexeme
  ), telling as materialized (
    select t.lexeme, t.filled * r.worth as weight from unnest(v_telling, v_filled) as t (lexeme, filled) join rarity r using (lexeme) order by 2 desc, 1 limit 10
  ), words as materialized (
    select w.lexeme, sum(w.weight) as weight
    from (select a.lexeme, 0.5 / cardinality(v_asked) as weight from unnest(v_asked) as a (lexeme)
      union all select t.lexeme, 0.5 * t.weight / sum(t.weight) over () from telling t) w
    group by w.lexeme
  ), by_text as materialized (
    select f.chunk_id, f.bm25, row_number() over (order by f.bm25 desc, f.chunk_id)::integer as place
    from (select c.chunk_id, sum(w.weight * bm25_of(r.worth, c.times, c.size, v_mean_size)) as bm25
      from counted c join words w using (lexeme) join rarity r using (lexeme)
      where p_document_id is null or c.document_id = p_document_id group by c.chunk_id) f
    order by f.bm25 desc, f.chunk_id limit 200
  ), near as materialized (
    select c.id as chunk_id, nullif(1 - (c.embedding <=> p_embedding), 'NaN') as similarity
    from document_chunks c
    where p_vector_weight > 0 and p_embedding is not null and c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.embedder = p_embedder
      and (p_document_id is null or c.document_id = p_document_id)
  ), by_vector as materialized (
    select n.chunk_id, row_number() over (order by n.similarity desc, n.chunk_id)::integer as place
    from near n where n.similarity > p_similarity_floor
    order by n.similarity desc, n.chunk_id limit 200
  )
  select chunk_id,
    ((coalesce(1.0 / (60 + t.place), 0) + coalesce(p_vector_weight / (60 + v.place), 0)) * 61 / (1 + p_vector_weight))::float8 as score,
    t.place, v.place, t.bm25, n.similarity
  from by_text t full join by_vector v using (chunk_id) left join near n using (chunk_id)
  order by 2 desc, chunk_id
  limit least(greatest(p_limit, 1), 200);
end $$;

grant create on schema public to apexflow_definer;
alter function count_in_chunks(text[]) owner to apexflow_definer;
alter function search_documents(text, vector, text, float8, float8, integer, text) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function count_in_chunks(text[]), bm25_of(float8, float8, integer, float8), rarity_of(float8, float8),
  search_documents(text, vector, text, float8, float8, integer, text) from public;
grant execute on function count_in_chunks(text[]), bm25_of(float8, float8, integer, float8), rarity_of(float8, float8) to apexflow_definer;
grant execute on function search_documents(text, vector, text, float8, float8, integer, text) to apexflow_runtime;
