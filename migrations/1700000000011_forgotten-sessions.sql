-- Up Migration

-- Archived sessions of all tenants that nobody learns from: the task never came, or whoever worked on it died and the queue came no more. One that was begun is
-- left to the queue's own retries for ten times as long.
create function list_forgotten_sessions(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from memory_sessions s
  where s.status = 'pending' and s.created_at < now() - p_grace
    and coalesce(s.lease_until, s.created_at) < now() - p_grace * case when s.attempts = 0 then 1 else 10 end
  order by s.created_at limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function list_forgotten_sessions(interval, integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_forgotten_sessions(interval, integer) from public;
grant execute on function list_forgotten_sessions(interval, integer) to apexflow_runtime;
