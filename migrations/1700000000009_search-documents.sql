-- Up Migration

-- A search of the web is paid for as well.
alter table usage_ledger drop constraint usage_ledger_kind_check;
alter table usage_ledger add constraint usage_ledger_kind_check check (kind in ('turn', 'attempt', 'embedding', 'extraction', 'search'));

-- A chunk's words are taken as a fact's are: `/api/v1/login` meets the question "where is login". `size` stands beside them, so that a search
-- counts the lexemes of all chunks without reading them.
alter table document_chunks drop column content_tsv;
alter table document_chunks add column content_tsv tsvector generated always as (memory_lexemes(content)) stored;
alter table document_chunks add column size integer generated always as (length(memory_lexemes(content))) stored;
alter table document_chunks alter column content_tsv set storage main;
create index idx_chunks_fts on document_chunks using gin (content_tsv);
drop index idx_chunks_user;
create index idx_chunks_user on document_chunks (tenant_id, user_id) include (size);

-- A document is its person's: beside the tenant's wall, even a statement that forgets to ask sees no other person's.
create policy own_only on documents as restrictive for select to apexflow_runtime using (user_id = current_user_id());
create policy own_only on document_chunks as restrictive for select to apexflow_runtime using (user_id = current_user_id());

-- Words as a query that any of them satisfies; each quoted, so that a sign in it is text. Null for none.
create function any_lexeme(p_lexemes text[]) returns tsquery
language sql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
  select string_agg('''' || replace(replace(l, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery from unnest(p_lexemes) l;
$$;

-- How well the asking person's chunks match weighted words: BM25 with k1 2 and b 0.75 over the lexemes of a chunk. How rare a word is counts among his own
-- chunks alone, so nobody else's documents move a score. For search_documents only: it does not look for signals of its own.
create function rank_chunks(p_lexemes text[], p_weights float8[], p_document_id text)
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
  select c.id, sum(r.worth * c.times * 3 / (c.times + 2 * (0.25 + 0.75 * c.size / a.mean_size)))
  from counted c join rarity r using (lexeme) cross join whole a
  where p_document_id is null or c.document_id = p_document_id
  group by c.id;
$$;

-- Hybrid search over the chunks of the asking person's documents; the tenant and the person are the transaction's own, never a parameter.
--
-- Text: the question's words find chunks; the ten words that tell most of the five best count for half in a second look (relevance feedback, RM3), because a
-- question and its answer often name the same thing differently. Vectors: the chunks above `p_similarity_floor`, of the same embedder only, all of the person's
-- compared exactly: an approximate index would filter after it has chosen. Both orders are fused by reciprocal rank with k 60, the vectors' weighted; the score is
-- 1 for what is first in both. Why a definer function: `@@` is not leakproof, so under row-level security it would run without its index.
create function search_documents(p_query text, p_embedding vector, p_embedder text, p_vector_weight float8, p_similarity_floor float8,
  p_limit integer, p_document_id text)
returns table (chunk_id text, score float8, text_rank integer, vector_rank integer, bm25 float8, similarity float8)
language sql stable rows 20 security definer set search_path = pg_catalog, public, pg_temp as $$
  with asked as materialized (
    select coalesce(array_agg(l.lexeme), '{}') as lexemes, count(*)::float8 as number from unnest(memory_lexemes(p_query)) l
  ), first_look as materialized (
    select c.content_tsv, r.bm25 / sum(r.bm25) over () as share
    from (select f.* from asked a cross join lateral rank_chunks(a.lexemes, array_fill(1::float8, array[cardinality(a.lexemes)]), p_document_id) f
      order by f.bm25 desc, f.chunk_id limit 5) r
    join document_chunks c on c.id = r.chunk_id
  ), telling as materialized (
    select t.lexeme, sum(f.share * cardinality(t.positions) / s.words) as weight
    from first_look f
    cross join lateral (select greatest(sum(cardinality(u.positions)), 1)::float8 as words from unnest(f.content_tsv) u) s
    cross join lateral unnest(f.content_tsv) t
    group by t.lexeme order by 2 desc, 1 limit 10
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
    (coalesce(1.0 / (60 + t.place), 0) + coalesce(p_vector_weight / (60 + v.place), 0)) * 61 / (1 + p_vector_weight),
    t.place, v.place, t.bm25, n.similarity
  from by_text t full join by_vector v using (chunk_id) left join near n using (chunk_id)
  order by 2 desc, chunk_id
  limit least(greatest(p_limit, 1), 200);
$$;

grant create on schema public to apexflow_definer;
alter function rank_chunks(text[], float8[], text) owner to apexflow_definer;
alter function search_documents(text, vector, text, float8, float8, integer, text) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function any_lexeme(text[]), rank_chunks(text[], float8[], text),
  search_documents(text, vector, text, float8, float8, integer, text) from public;
grant execute on function any_lexeme(text[]), rank_chunks(text[], float8[], text) to apexflow_definer;
grant execute on function search_documents(text, vector, text, float8, float8, integer, text) to apexflow_runtime;
