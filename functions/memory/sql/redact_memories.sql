-- Replaces the texts of facts in what the runs recorded that were shown them. Returns how many rows contained one. For
-- the functions that erase only.
create or replace function redact_memories(p_ids text[]) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(sum(redact_run(s.run_id, s.texts)), 0)::integer from (
    select u.run_id, array_agg(m.text) as texts from memory_uses u join memories m on m.id = u.memory_id
    where u.tenant_id = current_tenant_id() and u.memory_id = any (p_ids) group by u.run_id) s;
$$;

alter function redact_memories owner to apexflow_definer;
revoke all on function redact_memories from public;
