-- Locks scopes of facts (`<scope> <scope_id>`) for the rest of the transaction. A transaction that writes or deletes
-- facts holds the locks of their scopes, so that two writers of one chain see each other's facts. The locks are taken
-- in one order: two transactions that need the same scopes cannot deadlock.
create or replace function lock_memory_scopes(p_scopes text[]) returns void
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
  v_lock bigint;
begin
  for v_lock in
    select distinct hashtextextended('memory ' || current_tenant_id() || ' ' || s, 0) as lock
    from unnest(p_scopes) s order by lock
  loop
    perform pg_advisory_xact_lock(v_lock);
  end loop;
end $$;

revoke all on function lock_memory_scopes from public;
grant execute on function lock_memory_scopes to apexflow_definer, apexflow_runtime;
