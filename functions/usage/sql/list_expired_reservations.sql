-- Lists reservations of all tenants that expired before their call was booked.
create or replace function list_expired_reservations(p_limit integer)
returns table (tenant_id text, reference text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.tenant_id, r.reference, r.run_id from call_reservations r
  where r.written_off_at is null and r.expires_at < now() order by r.expires_at limit p_limit;
$$;

alter function list_expired_reservations owner to apexflow_definer;
revoke all on function list_expired_reservations from public;
grant execute on function list_expired_reservations to apexflow_runtime;
