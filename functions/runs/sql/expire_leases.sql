-- Expires the leases of holders that are known to be dead, so that the sweeper rings their nodes. Returns how many.
create or replace function expire_leases(p_holders text[]) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with expired as (update run_nodes set lease_until = now() - interval '1 millisecond'
    where status = 'running' and lease_until > now() and holder = any (p_holders) returning 1)
  select count(*)::integer from expired;
$$;

alter function expire_leases owner to apexflow_definer;
revoke all on function expire_leases from public;
grant execute on function expire_leases to apexflow_runtime;
