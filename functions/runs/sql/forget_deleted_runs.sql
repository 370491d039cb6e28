-- Deletes at most p_limit tombstones of all tenants that are older than p_keep. Returns how many.
create or replace function forget_deleted_runs(p_keep interval, p_limit integer) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with forgotten as (delete from deleted_runs d where d.ctid = any (array(
    select o.ctid from deleted_runs o where o.deleted_at < now() - p_keep limit p_limit)) returning 1)
  select count(*)::integer from forgotten;
$$;

alter function forget_deleted_runs owner to apexflow_definer;
revoke all on function forget_deleted_runs from public;
grant execute on function forget_deleted_runs to apexflow_runtime;
