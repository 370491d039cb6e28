-- Returns how often each of these lexemes is in each chunk of the current user's documents. For search_documents only,
-- which runs it with its own plan settings.
create or replace function count_in_chunks(p_lexemes text[])
returns table (chunk_id text, document_id text, size integer, lexeme text, times float8)
language sql stable rows 5000 security definer set search_path = pg_catalog, public, pg_temp
  set enable_seqscan = off as $$
  with matched as materialized (
    -- Keeps only the asked words of a chunk: unnesting a chunk of hundreds of words is expensive.
    select c.id, c.document_id, c.size, ts_filter(setweight(c.content_tsv, 'A', p_lexemes), '{a}') as hits
    from (select k.* from document_chunks k
      where owned_lexemes(k.tenant_id, k.user_id, tsvector_to_array(k.content_tsv))
        && owned_lexemes(current_tenant_id(), current_user_id(), p_lexemes)
      offset 0) c
    where c.tenant_id = current_tenant_id() and c.user_id = current_user_id()
  )
  select m.id, m.document_id, m.size, t.lexeme, cardinality(t.positions)::float8 from matched m
    cross join lateral unnest(m.hits) t;
$$;

alter function count_in_chunks owner to apexflow_definer;
revoke all on function count_in_chunks from public;
