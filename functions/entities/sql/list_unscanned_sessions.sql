-- Lists archived sessions of all tenants that were not yet given to entity memory and whose task is overdue.
create or replace function list_unscanned_sessions(p_older_than interval, p_limit integer)
returns table (tenant_id text, user_id text, session_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.user_id, s.id from memory_sessions s
  where not s.is_scanned and s.created_at < now() - p_older_than
  order by s.created_at limit p_limit;
$$;

alter function list_unscanned_sessions owner to apexflow_definer;
revoke all on function list_unscanned_sessions from public;
grant execute on function list_unscanned_sessions to apexflow_runtime;
