-- Lists the holders of leases that have not expired, of all tenants.
create or replace function list_lease_holders() returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct holder from run_nodes where status = 'running' and lease_until > now() and holder is not null;
$$;

alter function list_lease_holders owner to apexflow_definer;
revoke all on function list_lease_holders from public;
grant execute on function list_lease_holders to apexflow_runtime;
