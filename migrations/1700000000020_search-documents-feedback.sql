-- Up Migration

-- As before, with k1 1.2: with feedback that weighs words by how rare they are, it is the better one (Cranfield).
create or replace function rank_chunks(p_lexemes text[], p_weights float8[], p_document_id text)
returns table (chunk_id text, bm25 float8)
language sql stable rows 500 security definer set search_path = pg_catalog, public, pg_temp as $$
  with asked as materialized (
    select any_lexeme(p_lexemes) as any_of_them
  ), whole as materialized (
    select count(*)::float8 as chunks, greatest(avg(c.size), 1)::float8 as mean_size from document_chunks c
    where c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  ), matched as materialized (
    -- Only the asked words of a chunk go on: taking a chunk of hundreds of words apart is what would cost.
    select c.id, c.document_id, c.size, ts_filter(setweight(c.content_tsv, 'A', p_lexemes), '{a}') as hits
    from asked a join document_chunks c on c.content_tsv @@ a.any_of_them
    where c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  ), counted as materialized (
    select m.id, m.document_id, t.lexeme, cardinality(t.positions)::float8 as times, m.size from matched m cross join lateral unnest(m.hits) t
  ), rarity as materialized (
    select w.lexeme, w.weight * ln(1 + (a.chunks - count(*) + 0.5) / (count(*) + 0.5)) as worth
    from unnest(p_lexemes, p_weights) as w (lexeme, weight) join counted using (lexeme) cross join whole a
    group by w.lexeme, w.weight, a.chunks
  )
  select c.id, sum(r.worth * c.times * 2.2 / (c.times + 1.2 * (0.25 + 0.75 * c.size / a.mean_size)))
  from counted c join rarity r using (lexeme) cross join whole a
  where p_document_id is null or c.document_id = p_document_id
  group by c.id;
$$;

-- As before, but for the words of the feedback: of the forty that stand most in the five best chunks, the ten that stand there most and elsewhere least. How rare they
-- are is counted among the person's own chunks. The score is 1 at most, whatever the last binary digit says.
create or replace function search_documents(p_query text, p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8,
  p_limit integer, p_document_id text)
returns table (chunk_id text, score float8, text_rank integer, vector_rank integer, bm25 float8, similarity float8)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp as $$
  with asked as materialized (
    select coalesce(array_agg(l.lexeme), '{}') as lexemes, count(*)::float8 as number from unnest(memory_lexemes(p_query)) l
  ), whole as materialized (
    select count(*)::float8 as chunks from document_chunks c where c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  ), first_look as materialized (
    select c.content_tsv, r.bm25 / sum(r.bm25) over () as share
    from (select f.* from asked a cross join lateral rank_chunks(a.lexemes, array_fill(1::float8, array[cardinality(a.lexemes)]), p_document_id) f
      order by f.bm25 desc, f.chunk_id limit 5) r
    join document_chunks c on c.id = r.chunk_id
  ), frequent as materialized (
    select t.lexeme, sum(f.share * cardinality(t.positions) / s.words) as weight
    from first_look f
    cross join lateral (select greatest(sum(cardinality(u.positions)), 1)::float8 as words from unnest(f.content_tsv) u) s
    cross join lateral unnest(f.content_tsv) t
    group by t.lexeme order by 2 desc, 1 limit 40
  ), telling as materialized (
    select q.lexeme, q.weight * ln(1 + (w.chunks - h.number + 0.5) / (h.number + 0.5)) as weight
    from frequent q cross join whole w
    cross join lateral (select count(*)::float8 as number from document_chunks c
      where c.content_tsv @@ any_lexeme(array[q.lexeme]) and c.tenant_id = current_tenant_id() and c.user_id = current_user_id()) h
    order by 2 desc, 1 limit 10
  ), words as materialized (
    select w.lexeme, sum(w.weight) as weight
    from (select l.lexeme, 0.5 / a.number as weight from asked a cross join lateral unnest(a.lexemes) as l (lexeme)
      union all select t.lexeme, 0.5 * t.weight / sum(t.weight) over () from telling t) w
    group by w.lexeme
  ), by_text as materialized (
    select f.chunk_id, f.bm25, row_number() over (order by f.bm25 desc, f.chunk_id)::integer as place
    from (select array_agg(w.lexeme) as lexemes, array_agg(w.weight) as weights from words w) a
    cross join lateral rank_chunks(a.lexemes, a.weights, p_document_id) f
    order by f.bm25 desc, f.chunk_id limit 200
  ), near as materialized (
    select c.id as chunk_id, nullif(1 - (c.embedding <=> p_embedding), 'NaN') as similarity
    from document_chunks c
    where p_vector_weight > 0 and c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.embedder = p_embedder
      and (p_document_id is null or c.document_id = p_document_id)
  ), by_vector as materialized (
    select n.chunk_id, row_number() over (order by n.similarity desc, n.chunk_id)::integer as place
    from near n where n.similarity > p_similarity_floor
    order by n.similarity desc, n.chunk_id limit 200
  )
  select chunk_id,
    least((coalesce(1.0 / (60 + t.place), 0) + coalesce(p_vector_weight / (60 + v.place), 0)) * 61 / (1 + p_vector_weight), 1)::float8,
    t.place, v.place, t.bm25, n.similarity
  from by_text t full join by_vector v using (chunk_id) left join near n using (chunk_id)
  order by 2 desc, chunk_id
  limit least(greatest(p_limit, 1), 200);
$$;
