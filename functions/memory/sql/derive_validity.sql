-- Derives when the facts of chains are true from the statements about them (memory_evidence.valid_from), so that at any
-- time exactly one fact of a chain holds, in whatever order the statements came. The only place that sets valid_to and
-- superseded_by. Statements are ordered by valid_from, then by when they were recorded:
--
-- 1. A fact is true from its first statement on.
-- 2. A fact that is stated again after another fact replaced it is true again: its later statements become a row of
--    their own.
-- 3. A fact is true until the next fact of its chains that may replace it (may_replace).
--
-- p_since: nothing changed before this time. The caller holds the lock of the scope (lock_memory_scopes).
create or replace function derive_validity(p_chains text[], p_since timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_again record;
  v_id text;
begin
  update memories m set valid_from = f.valid_from, stated = f.id
  from (select distinct on (e.memory_id) e.memory_id, e.valid_from, e.id
    from memories k join memory_evidence e on e.tenant_id = k.tenant_id and e.memory_id = k.id
    where k.tenant_id = current_tenant_id() and k.chains && p_chains and e.valid_from is not null
    order by e.memory_id, e.valid_from, e.id) f
  where m.id = f.memory_id and (m.valid_from, m.stated) is distinct from (f.valid_from, f.id);

  loop
    select m.id, e.id as line, e.valid_from into v_again
    from memories m join memory_evidence e on e.tenant_id = m.tenant_id and e.memory_id = m.id
    where m.tenant_id = current_tenant_id() and m.chains && p_chains
      and e.valid_from >= p_since and (e.valid_from, e.id) > (m.valid_from, m.stated)
      and exists (select from memories x where x.tenant_id = m.tenant_id and x.chains && m.chains
        and (x.valid_from, x.stated) > (m.valid_from, m.stated) and (x.valid_from, x.stated) < (e.valid_from, e.id)
        and lower(x.text) <> lower(m.text)
        and may_replace(x.trust, x.user_id, x.corrects_others, x.text, m.trust, m.user_id, m.text))
    order by e.valid_from, e.id limit 1;
    exit when not found;
    -- Both rows are closed until the last step, because a text has one open row (memories_once). The new id has the
    -- time of the first row's id.
    update memories set valid_to = v_again.valid_from where id = v_again.id;
    select left(v_again.id, 14) || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
      (get_byte(r.bytes, i) & 31) + 1, 1), '') into v_id
    from (select uuid_send(gen_random_uuid()) as bytes) r, generate_series(0, 15) i;
    insert into memories (id, tenant_id, user_id, text, category, scope, scope_id, source, source_kind, source_id,
      author, trust, embedder, confidence, valid_from, valid_to, stated, flags, chains, corrects_others, metadata)
    select v_id, m.tenant_id, e.user_id, m.text, m.category, m.scope, m.scope_id, m.source, e.source_kind, e.source_id,
      e.author, m.trust, m.embedder, e.confidence_after, e.valid_from, e.valid_from, e.id, m.flags, m.chains,
      m.corrects_others, m.metadata
    from memories m, memory_evidence e where m.id = v_again.id and e.id = v_again.line;
    insert into memory_vectors (tenant_id, memory_id, embedding)
    select v.tenant_id, v_id, v.embedding from memory_vectors v where v.memory_id = v_again.id;
    update memory_evidence set memory_id = v_id
    where memory_id = v_again.id and (valid_from, id) >= (v_again.valid_from, v_again.line);
    -- The source of each row is the first that stated it, or the user who believed it.
    update memories m set user_id = e.user_id, source_kind = e.source_kind, source_id = e.source_id, author = e.author
    from (select distinct on (s.memory_id) s.* from memory_evidence s
      where s.memory_id in (v_again.id, v_id) and s.valid_from is not null
      order by s.memory_id, s.action = 'believed' desc, s.id) e
    where m.id = e.memory_id;
  end loop;

  with touched as materialized (
    select m.* from memories m where m.tenant_id = current_tenant_id() and m.chains && p_chains
  ), member as materialized (
    -- A fact of two chains ends with the first replacement in either.
    select m.id, m.chains, m.valid_from, m.stated, m.trust, m.user_id, m.corrects_others, m.text from memories m
    where m.tenant_id = current_tenant_id() and m.chains && (select array_agg(c) from touched t, unnest(t.chains) c)
  )
  update memories m set valid_to = n.valid_to, superseded_by = n.next, updated_at = now()
  from (select t.id, x.id as next, x.valid_from as valid_to
    from touched t left join lateral (
      select k.id, k.valid_from from member k
      where (k.valid_from, k.stated) > (t.valid_from, t.stated) and k.chains && t.chains
        and may_replace(k.trust, k.user_id, k.corrects_others, k.text, t.trust, t.user_id, t.text)
      order by k.valid_from, k.stated limit 1) x on true
    where t.merged_into is null and (t.valid_to is null or t.valid_to >= p_since)) n
  where m.id = n.id and (m.valid_to, m.superseded_by) is distinct from (n.valid_to, n.next);
end $$;

alter function derive_validity owner to apexflow_definer;
revoke all on function derive_validity from public;
grant execute on function derive_validity to apexflow_runtime;
