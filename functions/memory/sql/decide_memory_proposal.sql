-- Decides a proposal as the current user. Returns 'accepted'; 'declined'; 'endorsed' when a member accepts for a worker
-- or the whole tenant, which an admin must confirm; 'decided' when it was decided before; 'missing' when the user may
-- not decide it.
--
-- An accepted fact becomes trusted in the wanted scope with at least p_confidence, or is replaced by the same fact that
-- is there already.
create or replace function decide_memory_proposal(p_id text, p_accepts boolean, p_confidence real) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_role text;
  v_proposal memory_proposals;
  v_fact memories;
  v_twin text;
begin
  select u.role into v_role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id()
    and u.disabled_at is null;
  perform lock_memory_scopes((select array[p.wanted_scope || ' ' || p.wanted_scope_id, m.scope || ' ' || m.scope_id]
    from memory_proposals p join memories m on m.id = p.memory_id
    where p.id = p_id and p.tenant_id = current_tenant_id()));
  select p.* into v_proposal from memory_proposals p
    where p.id = p_id and p.tenant_id = current_tenant_id()
      and (p.user_id = current_user_id()
        or (v_role = 'admin' and p.status <> 'proposed' and not is_subject(p.user_id))) for update;
  if not found then return 'missing'; end if;
  if v_proposal.status in ('accepted', 'declined') then return 'decided'; end if;
  if not p_accepts then
    update memory_proposals set status = 'declined', decided_by = current_user_id(), decided_at = now() where id = p_id;
    return 'declined';
  end if;
  if v_proposal.wanted_scope <> 'user' and v_role is distinct from 'admin' then
    update memory_proposals set status = 'endorsed' where id = p_id;
    return 'endorsed';
  end if;
  select m.* into v_fact from memories m
    where m.id = v_proposal.memory_id and coalesce(m.valid_to, 'infinity') > now();
  if not found then return 'missing'; end if;
  update memory_proposals set status = 'accepted', decided_by = current_user_id(), decided_at = now() where id = p_id;
  select m.id into v_twin from memories m
    where m.tenant_id = v_fact.tenant_id and m.scope = v_proposal.wanted_scope
      and m.scope_id = v_proposal.wanted_scope_id and m.trust = 'trusted'
      and md5(lower(m.text)) = md5(lower(v_fact.text)) and m.valid_to is null and m.id <> v_fact.id;
  if v_twin is not null then
    update memories set superseded_by = v_twin, merged_into = v_twin, valid_to = greatest(valid_from, now()),
      updated_at = now() where id = v_fact.id;
  else
    update memories set trust = 'trusted', scope = v_proposal.wanted_scope, scope_id = v_proposal.wanted_scope_id,
      confidence = greatest(confidence, p_confidence), updated_at = now() where id = v_fact.id;
    perform derive_validity(v_fact.chains, '-infinity');
  end if;
  insert into memory_evidence (tenant_id, user_id, memory_id, action, other_id, reason, source_kind, source_id, author,
    confidence_before, confidence_after)
  values (v_fact.tenant_id, current_user_id(), coalesce(v_twin, v_fact.id), 'promoted',
    case when v_twin is null then null else v_fact.id end,
    v_proposal.reason, v_fact.source_kind, v_fact.source_id, current_user_id(), v_fact.confidence,
      greatest(v_fact.confidence, p_confidence));
  return 'accepted';
end $$;

alter function decide_memory_proposal owner to apexflow_definer;
revoke all on function decide_memory_proposal from public;
grant execute on function decide_memory_proposal to apexflow_runtime;
