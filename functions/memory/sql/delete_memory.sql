-- Deletes a fact for good: one of the user's own, or for an admin any of the tenant. The fact that it had replaced
-- holds again. Returns 'deleted', 'forbidden' for a fact that the user sees but may not delete, and 'missing' for every
-- other.
create or replace function delete_memory(p_id text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_fact memories;
begin
  perform lock_memory_scopes((select array[m.scope || ' ' || m.scope_id] from memories m
    where m.id = p_id and m.tenant_id = current_tenant_id()));
  select m.* into v_fact from memories m where m.id = p_id and m.tenant_id = current_tenant_id();
  if v_fact.user_id = current_user_id() or exists (
    select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.role = 'admin')
  then
    if v_fact.id is null then return 'missing'; end if;
    perform forget_memories(array[p_id]);
    return 'deleted';
  end if;
  return case when v_fact.trust = 'trusted' and v_fact.scope <> 'user' then 'forbidden' else 'missing' end;
end $$;

alter function delete_memory owner to apexflow_definer;
revoke all on function delete_memory from public;
grant execute on function delete_memory to apexflow_runtime;
