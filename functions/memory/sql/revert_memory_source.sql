-- Takes back what a source did and what was derived from it. Its facts are deleted with their vectors, what they
-- replaced is current again, and the confidence that the source added to other facts is subtracted. Returns
-- {"removed": [{"id", "text", "derived_from"}], "restored": [id], "weakened": [id]}. With p_applies false it only
-- returns what it would do.
--
-- An admin reverts for all users of the tenant, but not for subjects; everybody else reverts their own facts. The
-- advisory lock serializes the reverts of a tenant.
create or replace function revert_memory_source(p_source_id text, p_applies boolean) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_doomed text[];
  v_removed json;
  v_restored text[];
  v_weakened text[] := '{}';
  v_is_admin boolean;
  v_line record;
begin
  select u.role = 'admin' into v_is_admin from users u
    where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  if v_is_admin is null then
    raise exception 'the current user does not exist or is disabled' using errcode = 'AF401';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('revert memory ' || current_tenant_id(), 0));
  select coalesce(array_agg(d.memory_id), '{}'),
    coalesce(json_agg(json_build_object('id', m.id, 'text', m.text, 'derived_from', d.derived_from)
      order by m.recorded_at, m.id), '[]')
  into v_doomed, v_removed from list_derived_memories(p_source_id) d join memories m on m.id = d.memory_id;
  -- What a removed fact replaced holds again, unless the same text was stated again since then.
  select coalesce(array_agg(m.id order by m.valid_from desc, m.id), '{}') into v_restored from memories m
    where m.tenant_id = current_tenant_id() and m.superseded_by = any (v_doomed) and not m.id = any (v_doomed)
      and not exists (select from memories t where t.tenant_id = m.tenant_id and t.chains && m.chains
        and t.id <> m.id and not t.id = any (v_doomed) and t.trust = m.trust and lower(t.text) = lower(m.text)
        and t.valid_to is null);
  for v_line in
    select e.id, e.memory_id, e.confidence_after - coalesce(e.confidence_before, e.confidence_after) as gain
      from memory_evidence e
    join memories m on m.id = e.memory_id and not m.id = any (v_doomed)
    where e.tenant_id = current_tenant_id() and e.source_id = p_source_id
      and e.action in ('reinforced', 'believed', 'promoted', 'merged')
      and is_in_reach(v_is_admin, e.user_id)
  loop
    v_weakened := v_weakened || v_line.memory_id;
    if not p_applies then continue; end if;
    update memories set confidence = least(1, greatest(0, confidence - v_line.gain)), updated_at = now()
      where id = v_line.memory_id;
    delete from memory_evidence where id = v_line.id;
  end loop;
  if p_applies then
    perform forget_memories(v_doomed);
    -- A fact that the source only repeated is true since its other statements.
    perform lock_memory_scopes((select array_agg(m.scope || ' ' || m.scope_id) from memories m
      where m.id = any (v_weakened)));
    perform derive_validity(m.chains, '-infinity') from memories m where m.id = any (v_weakened);
    delete from memory_notes where tenant_id = current_tenant_id() and run_id = p_source_id
      and is_in_reach(v_is_admin, user_id);
    -- The turns of the source are no evidence any more, and no task learns from its session again.
    delete from memory_turns where tenant_id = current_tenant_id() and session_id = p_source_id
      and is_in_reach(v_is_admin, user_id);
    update memory_sessions set status = 'failed', lease_until = null, error = 'reverted', learned_at = null,
      is_scanned = true
    where tenant_id = current_tenant_id() and id = p_source_id and is_in_reach(v_is_admin, user_id);
    -- A preference that the user accepted is their own statement and stays. Staged items and quotes of the source go.
    update user_preferences p set updated_at = now(),
      staging_queue = jsonb_build_object('items', (select coalesce(jsonb_agg(i), '[]')
        from jsonb_array_elements(case jsonb_typeof(p.staging_queue -> 'items') when 'array'
          then p.staging_queue -> 'items' else '[]' end) i
        where i ->> 'source_id' is distinct from p_source_id)),
      evidence_log = jsonb_build_object('events', (select coalesce(jsonb_agg(e), '[]')
        from jsonb_array_elements(case jsonb_typeof(p.evidence_log -> 'events') when 'array'
          then p.evidence_log -> 'events' else '[]' end) e
        where e ->> 'source_id' is distinct from p_source_id))
    where p.tenant_id = current_tenant_id() and is_in_reach(v_is_admin, p.user_id)
      and (p.staging_queue -> 'items' @> jsonb_build_array(jsonb_build_object('source_id', p_source_id))
        or p.evidence_log -> 'events' @> jsonb_build_array(jsonb_build_object('source_id', p_source_id)));
    insert into audit_log (tenant_id, user_id, action, outcome, data)
      values (current_tenant_id(), current_user_id(), 'memory-revert', 'allowed',
      jsonb_build_object('removed', cardinality(v_doomed), 'restored', cardinality(v_restored),
        'weakened', cardinality(v_weakened)));
  end if;
  return json_build_object('removed', v_removed, 'restored', v_restored, 'weakened',
    (select coalesce(array_agg(distinct w), '{}') from unnest(v_weakened) w));
end $$;

alter function revert_memory_source owner to apexflow_definer;
revoke all on function revert_memory_source from public;
grant execute on function revert_memory_source to apexflow_runtime;
