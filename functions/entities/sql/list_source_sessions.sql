-- Lists the sessions through which a source reached entity files: the session of the source itself, and runs that had
-- a fact of the source (or a fact that was derived from it) in their context or that read the page of the source. An
-- admin gets the sessions of all users of the tenant, but not of subjects; everybody else their own.
create or replace function list_source_sessions(p_source_id text)
returns table (user_id text, session_id text, is_own boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with asking as (
    select u.id, u.role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id()
      and u.disabled_at is null
  ), runs as (
    select u.run_id from list_derived_memories(p_source_id) d
      join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = d.memory_id
    union
    select r.run_id from list_page_readers(p_source_id) r
  ), found as (
    select s.user_id, s.id as session_id from memory_sessions s
      where s.tenant_id = current_tenant_id() and s.id = p_source_id
    union
    select j.user_id, j.session_id from memory_jobs j
      where j.tenant_id = current_tenant_id() and j.session_id = p_source_id
    union
    select s.user_id, s.id from runs r join memory_sessions s on s.tenant_id = current_tenant_id() and s.id = r.run_id
  )
  select f.user_id, f.session_id, f.session_id = p_source_id from found f
    join asking a on is_in_reach(a.role = 'admin', f.user_id)
  order by f.user_id, f.session_id;
$$;

alter function list_source_sessions owner to apexflow_definer;
revoke all on function list_source_sessions from public;
grant execute on function list_source_sessions to apexflow_runtime;
