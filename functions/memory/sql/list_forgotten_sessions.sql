-- Lists archived sessions of all tenants that no task learns from: the task was lost, or its worker died and the queue
-- stopped retrying. A session that was begun is left to the retries of the queue for ten times as long.
create or replace function list_forgotten_sessions(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from memory_sessions s
  where s.status = 'pending' and s.created_at < now() - p_grace
    and coalesce(s.lease_until, s.created_at) < now() - p_grace * case when s.attempts = 0 then 1 else 10 end
  order by s.created_at limit p_limit;
$$;

alter function list_forgotten_sessions owner to apexflow_definer;
revoke all on function list_forgotten_sessions from public;
grant execute on function list_forgotten_sessions to apexflow_runtime;
