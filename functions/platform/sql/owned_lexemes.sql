-- Marks lexemes with a hash of their owner, for a GIN index that all tenants share: a search reads the index entries
-- of its own owner only, so the rows of other owners do not slow it down. The owner is '' for rows that the whole
-- tenant sees. Two owners have the same mark with a probability of 2^-48; the search then reads more entries and drops
-- the foreign rows by its own condition.
--
-- Indexes store the result.
create or replace function owned_lexemes(p_tenant_id text, p_owner text, p_lexemes text[])
returns text[] language sql immutable parallel safe
  return (select array_agg(left(md5(p_tenant_id || ' ' || p_owner), 12) || l) from unnest(p_lexemes) l);

revoke all on function owned_lexemes from public;
grant execute on function owned_lexemes to apexflow_definer, apexflow_runtime;
