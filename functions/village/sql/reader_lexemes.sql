-- Marks the lexemes of a statement for the index that all readers share: once for the tenant when p_readers is null, as
-- owned_lexemes marks what a tenant shares, otherwise once for each reader.
--
-- An index stores the result.
create or replace function reader_lexemes(p_tenant_id text, p_readers text[], p_lexemes text[])
returns text[] language sql immutable parallel safe
  return (select array_agg(o.lexeme) from unnest(coalesce(p_readers, array[''])) as r (reader)
    cross join lateral unnest(owned_lexemes(p_tenant_id, r.reader, p_lexemes)) as o (lexeme));

revoke all on function reader_lexemes from public;
grant execute on function reader_lexemes to apexflow_definer, apexflow_runtime;
