-- Redacts the facts of a source and what was derived from them where runs were shown them, before the source is
-- erased. An admin redacts in the whole tenant, a user their own facts. Returns how many rows contained one.
create or replace function redact_memory_source(p_source_id text) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select redact_memories((select coalesce(array_agg(d.memory_id), '{}') from list_derived_memories(p_source_id) d));
$$;

alter function redact_memory_source owner to apexflow_definer;
revoke all on function redact_memory_source from public;
grant execute on function redact_memory_source to apexflow_runtime;
