-- Merges a statement of the current user into another one of the same agent and readers. Nothing is deleted.
-- Idempotent. 'missing': the user does not see one of them. 'forbidden': one is another user's. 'unlike': they are of
-- different agents or readers, or the same. 'merged-before': one of them is merged into another one.
--
-- SECURITY DEFINER, because what was said never changes for the runtime role.
create or replace function merge_village_statements(p_keep text, p_discard text) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_keep village_knowledge;
  v_discard village_knowledge;
begin
  -- Locked in one order, so that two merges cannot deadlock.
  perform from village_knowledge k where k.tenant_id = current_tenant_id() and k.id in (p_keep, p_discard)
    order by k.id for update;
  select k.* into v_keep from village_knowledge k where k.tenant_id = current_tenant_id() and k.id = p_keep
    and (k.readers is null or current_user_id() = any (k.readers));
  select k.* into v_discard from village_knowledge k where k.tenant_id = current_tenant_id() and k.id = p_discard
    and (k.readers is null or current_user_id() = any (k.readers));
  if v_keep.id is null or v_discard.id is null then return 'missing'; end if;
  if v_keep.user_id <> current_user_id() or v_discard.user_id <> current_user_id() then return 'forbidden'; end if;
  if v_discard.merged_into = p_keep then return 'merged'; end if;
  if p_keep = p_discard or (v_keep.agent_id, v_keep.realm, v_keep.sides, v_keep.readers)
    is distinct from (v_discard.agent_id, v_discard.realm, v_discard.sides, v_discard.readers) then
    return 'unlike';
  end if;
  if v_keep.merged_into is not null or v_discard.merged_into is not null then return 'merged-before'; end if;
  update village_knowledge k set merged_into = p_keep where k.id = p_discard;
  return 'merged';
end $$;

alter function merge_village_statements owner to apexflow_definer;
revoke all on function merge_village_statements from public;
grant execute on function merge_village_statements to apexflow_runtime;
