-- Deletes a fact for good: one of the user's own, or for an admin one of any user of the tenant. Returns 'deleted',
-- 'forbidden' for a fact that the user sees but may not delete, and 'missing' for every other.
create or replace function delete_memory(p_id text) returns text
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with removed as (
    delete from memories m
    where m.id = p_id and m.tenant_id = current_tenant_id()
      and is_in_reach(exists (select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id()
        and u.role = 'admin'), m.user_id)
    returning m.id
  )
  select case
    when exists (select from removed) then 'deleted'
    when exists (select from memories m where m.id = p_id and m.tenant_id = current_tenant_id()
      and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id))
      then 'forbidden'
    else 'missing' end;
$$;

alter function delete_memory owner to apexflow_definer;
revoke all on function delete_memory from public;
grant execute on function delete_memory to apexflow_runtime;
