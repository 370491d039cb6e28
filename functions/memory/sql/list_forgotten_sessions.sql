-- Lists archived sessions of all tenants that no task learns from.
create or replace function list_forgotten_sessions(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from memory_sessions s
  where s.status = 'pending'
    and is_forgotten(s.attempts, s.postponements, s.lease_until, s.updated_at, p_grace)
  order by s.updated_at limit p_limit;
$$;

alter function list_forgotten_sessions owner to apexflow_definer;
revoke all on function list_forgotten_sessions from public;
grant execute on function list_forgotten_sessions to apexflow_runtime;
