-- Takes back that the current user merged one of their facts into another one: the fact holds again in its chains, and
-- the other fact loses the confidence and the sources that it gained. Returns false for a fact that no user merged.
create or replace function undo_memory_merge(p_id text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_fact memories;
begin
  perform lock_memory_scopes((select array[m.scope || ' ' || m.scope_id] from memories m
    where m.id = p_id and m.tenant_id = current_tenant_id() and m.user_id = current_user_id()));
  select m.* into v_fact from memories m
  where m.id = p_id and m.tenant_id = current_tenant_id() and m.user_id = current_user_id()
    and exists (select from memory_evidence e where e.tenant_id = m.tenant_id and e.memory_id = m.merged_into
      and e.other_id = m.id and e.action = 'merged');
  if v_fact.id is null then return false; end if;
  perform forget_merged_evidence(array[p_id]);
  update memories set merged_into = null, updated_at = now() where id = p_id;
  perform derive_validity(v_fact.chains, v_fact.valid_from);
  return true;
end $$;

alter function undo_memory_merge owner to apexflow_definer;
revoke all on function undo_memory_merge from public;
grant execute on function undo_memory_merge to apexflow_runtime;
