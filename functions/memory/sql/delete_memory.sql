-- Deletes a fact for good: one of the user's own, or for an admin one of any user of the tenant, but not of a subject.
-- The facts that were merged into it go with it. The fact that it had replaced holds again. Returns 'deleted',
-- 'forbidden' for a fact that the user sees but may not delete, and 'missing' for every other.
create or replace function delete_memory(p_id text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_fact memories;
begin
  perform lock_memory_scopes((select array[m.scope || ' ' || m.scope_id] from memories m
    where m.id = p_id and m.tenant_id = current_tenant_id()));
  select m.* into v_fact from memories m where m.id = p_id and m.tenant_id = current_tenant_id();
  if v_fact.id is null then return 'missing'; end if;
  if is_in_reach(exists (select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id()
    and u.role = 'admin'), v_fact.user_id) then
    perform forget_memories(p_id || array(select list_merged_memories(p_id)));
    return 'deleted';
  end if;
  return case when is_visible_to(current_user_id(), v_fact.trust, v_fact.scope, v_fact.user_id) then 'forbidden'
    else 'missing' end;
end $$;

alter function delete_memory owner to apexflow_definer;
revoke all on function delete_memory from public;
grant execute on function delete_memory to apexflow_runtime;
