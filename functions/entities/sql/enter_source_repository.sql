-- Lets the rest of the transaction act in the entity memory of a user whom a source reached. Allowed for that user,
-- and for an admin of the tenant, who sees only counts of it. Returns false and changes nothing for anyone else.
-- Writes the access to the audit log, unless users look at their own memory.
create or replace function enter_source_repository(p_source_id text, p_user_id text, p_action text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from list_source_sessions(p_source_id) s where s.user_id = p_user_id) then return false; end if;
  if p_user_id <> current_user_id() or p_action <> 'memory-look-at-entities' then
    insert into audit_log (tenant_id, user_id, action, resource, outcome)
      values (current_tenant_id(), current_user_id(), p_action, p_user_id, 'allowed');
  end if;
  perform set_config('app.user_id', p_user_id, true);
  return true;
end $$;

alter function enter_source_repository owner to apexflow_definer;
revoke all on function enter_source_repository from public;
grant execute on function enter_source_repository to apexflow_runtime;
