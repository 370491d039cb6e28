-- Lists all facts that a source produced, and in turn what runs learned that had any of these facts in their context.
-- For a web page also what runs learned after they read it. Trusted statements of a user in a task are not derived.
--
-- An admin gets the facts of all users of the tenant, but not of subjects; everybody else their own. derived_from is
-- the fact that a fact follows from; null for the facts of the source itself.
create or replace function list_derived_memories(p_source_id text) returns table (memory_id text, derived_from text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive asking as (
    select u.id, u.role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id()
      and u.disabled_at is null
  ), own as (
    select m.id from memories m join asking a on is_in_reach(a.role = 'admin', m.user_id)
    where m.tenant_id = current_tenant_id() and m.source_id = p_source_id
    union
    select m.id from list_page_readers(p_source_id) r
    join memories m on m.tenant_id = current_tenant_id() and m.source_id = r.run_id
      and m.source_kind in ('run', 'tool', 'web') and m.recorded_at >= r.read_at
    join asking a on is_in_reach(a.role = 'admin', m.user_id)
  ), derived as (
    select o.id, null::text as derived_from from own o
    union
    select m.id, d.id from derived d
    join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = d.id
    join memories m on m.tenant_id = u.tenant_id and m.source_id = u.run_id and m.source_kind in ('run', 'tool', 'web')
      and m.recorded_at >= u.used_at
    join asking a on is_in_reach(a.role = 'admin', m.user_id)
  )
  select d.id, min(d.derived_from) from derived d group by d.id;
$$;

alter function list_derived_memories owner to apexflow_definer;
revoke all on function list_derived_memories from public;
grant execute on function list_derived_memories to apexflow_runtime;
