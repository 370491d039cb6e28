-- Deletes facts of the current tenant. What they had replaced holds again, with the confidence that they took. For the
-- functions that delete, revert and erase only.
create or replace function forget_memories(p_ids text[]) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_chains text[];
  v_since timestamptz;
begin
  perform lock_memory_scopes((select array_agg(m.scope || ' ' || m.scope_id) from memories m
    where m.tenant_id = current_tenant_id() and m.id = any (p_ids)));
  perform forget_merged_evidence(p_ids);
  update memories m set merged_into = null where m.tenant_id = current_tenant_id() and m.merged_into = any (p_ids);
  select array_agg(distinct c), min(m.valid_from) into v_chains, v_since from memories m, unnest(m.chains) c
    where m.tenant_id = current_tenant_id() and (m.id = any (p_ids) or m.superseded_by = any (p_ids));
  update memories m set confidence = least(1, m.confidence + e.taken)
  from (select memory_id, sum(confidence_before - confidence_after) as taken from memory_evidence
    where tenant_id = current_tenant_id() and other_id = any (p_ids) and action = 'contradicted' group by memory_id) e
  where m.id = e.memory_id;
  delete from memory_evidence where tenant_id = current_tenant_id() and other_id = any (p_ids);
  delete from memories where tenant_id = current_tenant_id() and id = any (p_ids);
  if v_chains is not null then perform derive_validity(v_chains, v_since); end if;
end $$;

alter function forget_memories owner to apexflow_definer;
revoke all on function forget_memories from public;
