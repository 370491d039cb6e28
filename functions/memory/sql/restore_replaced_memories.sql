-- Restores the facts that doomed facts had replaced, before the doomed ones are deleted: each is replaced by the
-- successor of its successor, or is current again as it was. Returns the ids of these facts; with p_applies false it
-- changes nothing. For the functions that revert and erase only.
create or replace function restore_replaced_memories(p_doomed text[], p_applies boolean) returns text[]
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_restored text[] := '{}';
  v_fact record;
  v_next record;
begin
  for v_fact in
    select m.id, m.superseded_by, m.text, m.scope, m.scope_id, m.trust, m.user_id from memories m
    where m.tenant_id = current_tenant_id() and m.superseded_by = any (p_doomed) and not m.id = any (p_doomed)
    order by m.valid_from desc, m.id for update
  loop
    with recursive chain as (
      select m.id, m.superseded_by, m.valid_to from memories m where m.id = v_fact.superseded_by
      union
      select m.id, m.superseded_by, m.valid_to from chain c join memories m on m.id = c.superseded_by
        where c.superseded_by = any (p_doomed)
    )
    select c.superseded_by, c.valid_to into v_next from chain c
      where c.superseded_by is null or not c.superseded_by = any (p_doomed) limit 1;
    -- The same text was stated again since then, and that row is current.
    if v_next.superseded_by is null and exists (select from memories t
      where t.tenant_id = current_tenant_id() and t.scope = v_fact.scope
        and t.scope_id = v_fact.scope_id and t.trust = v_fact.trust
        and (t.trust = 'trusted' or t.user_id = v_fact.user_id)
        and md5(lower(t.text)) = md5(lower(v_fact.text)) and t.superseded_by is null and not t.id = any (p_doomed)) then
      continue;
    end if;
    v_restored := v_restored || v_fact.id;
    if not p_applies then continue; end if;
    update memories m set superseded_by = v_next.superseded_by, updated_at = now(),
      valid_to = case when v_next.superseded_by is null then e.valid_to_before else v_next.valid_to end,
      confidence = coalesce(e.confidence_before, m.confidence)
    from (select x.valid_to_before, x.confidence_before from (select 1) one left join memory_evidence x
      on x.tenant_id = current_tenant_id() and x.memory_id = v_fact.id and x.other_id = v_fact.superseded_by
        and x.action in ('refined', 'contradicted')
      order by x.id desc limit 1) e
    where m.id = v_fact.id;
  end loop;
  return v_restored;
end $$;

alter function restore_replaced_memories owner to apexflow_definer;
revoke all on function restore_replaced_memories from public;
