-- Hybrid search over the chunks of the current user's documents. The tenant and the user come from the transaction and
-- are never a parameter. The rarity of a word is counted among the user's own chunks, so documents of others do not
-- change a score.
--
-- Text: BM25 with relevance feedback (RM3). The words of the question find the best five chunks (fewer when the user
-- has fewer than 100 chunks, because the fifth of seven is unrelated to the question). Of the 40 most frequent words
-- of these chunks, the ten most telling by rarity count for half in a second search, because a question and its answer
-- often use different words.
--
-- Vectors: chunks of the same embedder above p_similarity_floor. All chunks of the user are compared exactly, because
-- an approximate index filters after it has selected.
--
-- Both rankings are fused by reciprocal rank with k = 60, the vectors weighted by p_vector_weight; the score of a
-- chunk that is first in both is 1. p_k1 and p_b: see bm25_of.
--
-- SECURITY DEFINER, because the operator && is not leakproof: under row-level security Postgres would not use its
-- index.
create or replace function search_documents(p_query text, p_embedding vector, p_embedder text, p_vector_weight float8,
  p_similarity_floor float8, p_limit integer, p_document_id text, p_k1 float8, p_b float8)
returns table (chunk_id text, score float8, text_rank integer, vector_rank integer, bm25 float8, similarity float8)
language plpgsql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  -- Without the beginnings of words.
  v_asked text[] := array(select l from unnest(tsvector_to_array(memory_lexemes(p_query))) l where l !~ '^0[^0-9]');
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
    select c.chunk_id, sum(bm25_of(r.worth, c.times, c.size, v_mean_size, p_k1, p_b)) as bm25 from counted c
      join rarity r using (lexeme)
    where p_document_id is null or c.document_id = p_document_id group by c.chunk_id order by 2 desc, 1
    limit least(5, ceil(v_chunks / 20))
  ), filling as (
    select t.lexeme, sum(f.bm25 / s.bm25 * cardinality(t.positions) / w.words) as filled
    from first_look f cross join (select sum(bm25) as bm25 from first_look) s
      join document_chunks c on c.id = f.chunk_id
    cross join lateral (select greatest(sum(cardinality(u.positions)), 1)::float8 as words
      from unnest(c.content_tsv) u) w
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
    select t.lexeme, t.filled * r.worth as weight from unnest(v_telling, v_filled) as t (lexeme, filled)
      join rarity r using (lexeme) order by 2 desc, 1 limit 10
  ), words as materialized (
    select w.lexeme, sum(w.weight) as weight
    from (select a.lexeme, 0.5 / cardinality(v_asked) as weight from unnest(v_asked) as a (lexeme)
      union all select t.lexeme, 0.5 * t.weight / sum(t.weight) over () from telling t) w
    group by w.lexeme
  ), by_text as materialized (
    select f.chunk_id, f.bm25, row_number() over (order by f.bm25 desc, f.chunk_id)::integer as place
    from (select c.chunk_id, sum(w.weight * bm25_of(r.worth, c.times, c.size, v_mean_size, p_k1, p_b)) as bm25
      from counted c join words w using (lexeme) join rarity r using (lexeme)
      where p_document_id is null or c.document_id = p_document_id group by c.chunk_id) f
    order by f.bm25 desc, f.chunk_id limit 200
  ), near as materialized (
    select c.id as chunk_id, nullif(1 - (c.embedding <=> p_embedding), 'NaN') as similarity
    from document_chunks c
    where p_vector_weight > 0 and p_embedding is not null and c.tenant_id = current_tenant_id()
      and c.user_id = current_user_id() and c.embedder = p_embedder
      and (p_document_id is null or c.document_id = p_document_id)
  ), by_vector as materialized (
    select n.chunk_id, row_number() over (order by n.similarity desc, n.chunk_id)::integer as place
    from near n where n.similarity > p_similarity_floor
    order by n.similarity desc, n.chunk_id limit 200
  )
  select chunk_id,
    ((coalesce(1.0 / (60 + t.place), 0) + coalesce(p_vector_weight / (60 + v.place), 0))
      * 61 / (1 + p_vector_weight))::float8 as score,
    t.place, v.place, t.bm25, n.similarity
  from by_text t full join by_vector v using (chunk_id) left join near n using (chunk_id)
  order by 2 desc, chunk_id
  limit least(greatest(p_limit, 1), 200);
end $$;

alter function search_documents owner to apexflow_definer;
revoke all on function search_documents from public;
grant execute on function search_documents to apexflow_runtime;
