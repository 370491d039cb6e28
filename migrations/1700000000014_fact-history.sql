-- Up Migration

-- What a reader should know about a fact beside its text, such as `instruction`: it reads like an order to a machine. Shown, never a reason to drop it.
alter table memories add column flags text[] not null default '{}';
-- Belief fades with time; this is until when its fading was counted.
alter table memories add column decayed_at timestamptz;
create index memories_superseded_by on memories (tenant_id, superseded_by) where superseded_by is not null;

-- Why a fact is believed as it is: what each source did to it. Appended by the transaction that does it; reverting a source takes its lines back.
create table memory_evidence (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  -- Who said it, or whose run.
  user_id text not null references users (id) on delete cascade,
  memory_id text not null references memories (id) on delete cascade,
  action text not null check (action in ('inserted', 'reinforced', 'believed', 'refined', 'contradicted', 'disputed', 'promoted')),
  -- The fact that refined, contradicted or disputed it, or that it was promoted from.
  other_id text,
  reason text,
  source_kind text not null,
  source_id text,
  author text not null,
  confidence_before real,
  confidence_after real not null,
  valid_to_before timestamptz,
  recorded_at timestamptz not null default now()
);
create index memory_evidence_by_fact on memory_evidence (tenant_id, memory_id, id);
create index memory_evidence_of_fact on memory_evidence (memory_id);
create index memory_evidence_by_source on memory_evidence (tenant_id, source_id);
create index memory_evidence_by_other on memory_evidence (tenant_id, other_id) where other_id is not null;
create index memory_evidence_by_user on memory_evidence (user_id);
select protect_tenant_table('memory_evidence', 'select, insert');
create policy own_or_visible on memory_evidence as restrictive for select to apexflow_runtime
  using (user_id = current_user_id() or exists (select from memories m where m.id = memory_id));
create policy in_own_name on memory_evidence as restrictive for insert to apexflow_runtime with check (user_id = current_user_id());

-- Which facts were in the context of which run: through it a poisoned fact is followed to what was learned under its influence.
create table memory_uses (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  run_id text not null,
  memory_id text not null references memories (id) on delete cascade,
  used_at timestamptz not null default now(),
  primary key (tenant_id, run_id, memory_id)
);
create index memory_uses_by_fact on memory_uses (memory_id);
create index memory_uses_by_user on memory_uses (user_id);
select protect_tenant_table('memory_uses', 'select, insert');
create policy own_only on memory_uses as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Untrusted facts that should hold for more than their author's person. proposed → accepted | declined; proposed → endorsed by the person whose fact it is, who
-- alone sees it until then, → accepted | declined by an admin.
create table memory_proposals (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  memory_id text not null references memories (id) on delete cascade,
  wanted_scope text not null check (wanted_scope in ('tenant', 'worker', 'user')),
  wanted_scope_id text not null,
  proposed_by text not null check (proposed_by in ('person', 'rule')),
  reason text not null,
  status text not null default 'proposed' check (status in ('proposed', 'endorsed', 'accepted', 'declined')),
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  unique (memory_id, wanted_scope, wanted_scope_id),
  check ((status in ('accepted', 'declined')) = (decided_at is not null))
);
create index memory_proposals_by_tenant on memory_proposals (tenant_id, status, id desc);
create index memory_proposals_by_user on memory_proposals (user_id);
select protect_tenant_table('memory_proposals', 'select, insert');
create policy own_only on memory_proposals as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Key-value memory of a person. `version` counts the writes of a key.
create table memory_keys (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  key text not null check (length(key) between 1 and 200),
  value jsonb not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id, key)
);
create index memory_keys_by_user on memory_keys (user_id);
select protect_tenant_table('memory_keys', 'select, insert, update, delete');
create policy own_only on memory_keys as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Preferences are a person's own: no colleague's statement reads them.
create policy own_only on user_preferences as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Belief fades: c · 0.5^(days / half-life), by half-life of the category, down to the floor. `p_half_lives`: {"category": days, "*": days}. What a person said
-- does not fade. Counting from `decayed_at` makes twice be once. Answers how many facts faded.
create function decay_memories(p_half_lives jsonb, p_floor real, p_limit integer) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with due as (
    select m.id from memories m
    where m.trust = 'untrusted' and m.superseded_by is null and m.confidence > p_floor
      and greatest(m.decayed_at, m.updated_at) < now() - interval '1 day'
    order by greatest(m.decayed_at, m.updated_at) limit p_limit for update skip locked
  ), faded as (
    update memories m set decayed_at = now(), confidence = greatest(p_floor, m.confidence
      * power(0.5, extract(epoch from now() - greatest(m.decayed_at, m.updated_at)) / 86400
        / coalesce((p_half_lives ->> m.category)::float8, (p_half_lives ->> '*')::float8)))
    from due where due.id = m.id returning 1
  )
  select count(*)::integer from faded;
$$;
create index memories_fading on memories ((greatest(decayed_at, updated_at))) where trust = 'untrusted' and superseded_by is null;

-- The promotions that the asking person may decide: his own, and for an admin those that their persons endorsed.
create function list_memory_proposals(p_before text, p_limit integer)
returns table (id text, memory_id text, user_id text, text text, flags text[], author text, source text, source_kind text, source_id text, confidence real,
  scope text, scope_id text, wanted_scope text, wanted_scope_id text, proposed_by text, reason text, status text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, p.memory_id, p.user_id, m.text, m.flags, m.author, m.source, m.source_kind, m.source_id, m.confidence,
    m.scope, m.scope_id, p.wanted_scope, p.wanted_scope_id, p.proposed_by, p.reason, p.status, p.created_at
  from memory_proposals p join memories m on m.id = p.memory_id
  where p.tenant_id = current_tenant_id() and (p_before is null or p.id < p_before) and m.superseded_by is null
    and ((p.status = 'proposed' and p.user_id = current_user_id())
      or (p.status = 'endorsed' and exists (
        select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.role = 'admin' and u.disabled_at is null)))
  order by p.id desc limit p_limit;
$$;

-- Proposes a worker's fact for the level above when as many different runs have said the same, whoever's they are. True when this call proposed it.
create function propose_repeated_memory(p_proposal_id text, p_memory_id text, p_least integer) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with fact as (
    select m.* from memories m
    where m.id = p_memory_id and m.tenant_id = current_tenant_id() and m.user_id = current_user_id()
      and m.trust = 'untrusted' and m.superseded_by is null and m.scope in ('sprint', 'worker') and m.source_kind in ('run', 'tool')
  ), sources as (
    select count(distinct e.source_id) as count
    from fact f
    join memories o on o.tenant_id = f.tenant_id and o.scope = f.scope and (o.scope = 'sprint' or o.scope_id = f.scope_id) and o.trust = 'untrusted'
      and md5(lower(o.text)) = md5(lower(f.text))
    join memory_evidence e on e.tenant_id = o.tenant_id and e.memory_id = o.id and e.action in ('inserted', 'reinforced')
  ), proposed as (
    insert into memory_proposals (id, tenant_id, user_id, memory_id, wanted_scope, wanted_scope_id, proposed_by, reason)
    select p_proposal_id, f.tenant_id, f.user_id, f.id, case f.scope when 'sprint' then 'worker' else 'tenant' end,
      case f.scope when 'sprint' then f.author else '' end, 'rule', format('%s runs said the same.', s.count)
    from fact f cross join sources s where s.count >= p_least
    on conflict (memory_id, wanted_scope, wanted_scope_id) do nothing
    returning 1
  )
  select exists (select from proposed);
$$;

-- Decides a promotion as the asking person: `accepted`, `declined`, `endorsed` (a member cannot accept for the whole tenant; an admin sees it now), `decided` when it
-- was before, `missing` for one that is not his to decide. Accepting makes the fact trusted in the wanted scope, or part of the same one that is there.
create function decide_memory_proposal(p_id text, p_accepts boolean) returns text
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_role text;
  v_proposal memory_proposals;
  v_fact memories;
  v_twin text;
begin
  select u.role into v_role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  select p.* into v_proposal from memory_proposals p
    where p.id = p_id and p.tenant_id = current_tenant_id()
      and (p.user_id = current_user_id() or (v_role = 'admin' and p.status <> 'proposed')) for update;
  if not found then return 'missing'; end if;
  if v_proposal.status in ('accepted', 'declined') then return 'decided'; end if;
  if not p_accepts then
    update memory_proposals set status = 'declined', decided_by = current_user_id(), decided_at = now() where id = p_id;
    return 'declined';
  end if;
  if v_proposal.wanted_scope = 'tenant' and v_role is distinct from 'admin' then
    update memory_proposals set status = 'endorsed' where id = p_id;
    return 'endorsed';
  end if;
  select m.* into v_fact from memories m where m.id = v_proposal.memory_id and m.superseded_by is null for update;
  if not found then return 'missing'; end if;
  update memory_proposals set status = 'accepted', decided_by = current_user_id(), decided_at = now() where id = p_id;
  select m.id into v_twin from memories m
    where m.tenant_id = v_fact.tenant_id and m.scope = v_proposal.wanted_scope and m.scope_id = v_proposal.wanted_scope_id and m.trust = 'trusted'
      and md5(lower(m.text)) = md5(lower(v_fact.text)) and m.superseded_by is null and m.id <> v_fact.id for update;
  if v_twin is not null then
    update memories set superseded_by = v_twin, valid_to = now(), updated_at = now() where id = v_fact.id;
  else
    update memories set trust = 'trusted', scope = v_proposal.wanted_scope, scope_id = v_proposal.wanted_scope_id,
      confidence = greatest(confidence, 0.9), updated_at = now() where id = v_fact.id;
  end if;
  insert into memory_evidence (tenant_id, user_id, memory_id, action, other_id, reason, source_kind, source_id, author, confidence_before, confidence_after)
  values (v_fact.tenant_id, current_user_id(), coalesce(v_twin, v_fact.id), 'promoted', case when v_twin is null then null else v_fact.id end,
    v_proposal.reason, v_fact.source_kind, v_fact.source_id, current_user_id(), v_fact.confidence, greatest(v_fact.confidence, 0.9));
  return 'accepted';
end $$;

-- Everything that one source made, and what was learned from runs that had any of it in their context, in turn. Facts that a person said in a run's task are his
-- own word and no derivation. Of the tenant for an admin, else of the asking person alone. Each with the fact of which it is a consequence, null for the source's own.
create function list_derived_memories(p_source_id text) returns table (memory_id text, derived_from text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive asking as (
    select u.id, u.role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null
  ), derived as (
    select m.id, null::text as derived_from from memories m join asking a on m.user_id = a.id or a.role = 'admin'
    where m.tenant_id = current_tenant_id() and m.source_id = p_source_id
    union
    select m.id, d.id from derived d
    join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = d.id
    join memories m on m.tenant_id = u.tenant_id and m.source_id = u.run_id and m.source_kind in ('run', 'tool', 'web') and m.recorded_at >= u.used_at
    join asking a on m.user_id = a.id or a.role = 'admin'
  )
  select d.id, min(d.derived_from) from derived d group by d.id;
$$;

-- Takes back what a source did, with what was derived from it: its facts go with their vectors, what they replaced is true again, what they made surer is as unsure as
-- before. One JSON value: {"removed": [{"id", "text", "derived_from"}], "restored": [id], "weakened": [id]}. With p_applies false it only tells what it would do.
create function revert_memory_source(p_source_id text, p_applies boolean) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_doomed text[];
  v_removed json;
  v_restored text[] := '{}';
  v_weakened text[] := '{}';
  v_is_admin boolean;
  v_line record;
  v_next record;
begin
  select u.role = 'admin' into v_is_admin from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  if v_is_admin is null then raise exception 'nobody asks' using errcode = 'AF401'; end if;
  perform pg_advisory_xact_lock(hashtextextended('revert memory ' || current_tenant_id(), 0));
  select coalesce(array_agg(d.memory_id), '{}'),
    coalesce(json_agg(json_build_object('id', m.id, 'text', m.text, 'derived_from', d.derived_from) order by m.recorded_at, m.id), '[]')
  into v_doomed, v_removed from list_derived_memories(p_source_id) d join memories m on m.id = d.memory_id;
  -- What doomed facts replaced, oldest first: it is replaced by whatever replaced them, or true again.
  for v_line in
    select m.id, m.superseded_by, m.text, m.scope, m.scope_id, m.trust, m.user_id from memories m
    where m.tenant_id = current_tenant_id() and m.superseded_by = any (v_doomed) and not m.id = any (v_doomed)
    order by m.valid_from, m.id for update
  loop
    v_restored := v_restored || v_line.id;
    if not p_applies then continue; end if;
    with recursive chain as (
      select m.id, m.superseded_by, m.valid_to from memories m where m.id = v_line.superseded_by
      union
      select m.id, m.superseded_by, m.valid_to from chain c join memories m on m.id = c.superseded_by where c.superseded_by = any (v_doomed)
    )
    select c.superseded_by, c.valid_to into v_next from chain c where c.superseded_by is null or not c.superseded_by = any (v_doomed) limit 1;
    if v_next.superseded_by is null and exists (select from memories t where t.tenant_id = current_tenant_id() and t.scope = v_line.scope
        and t.scope_id = v_line.scope_id and t.trust = v_line.trust and (t.trust = 'trusted' or t.user_id = v_line.user_id)
        and md5(lower(t.text)) = md5(lower(v_line.text)) and t.superseded_by is null and not t.id = any (v_doomed)) then
      continue;
    end if;
    update memories m set superseded_by = v_next.superseded_by, updated_at = now(),
      valid_to = case when v_next.superseded_by is null then e.valid_to_before else v_next.valid_to end,
      confidence = coalesce(e.confidence_before, m.confidence)
    from (select x.valid_to_before, x.confidence_before from (select 1) one left join memory_evidence x
      on x.tenant_id = current_tenant_id() and x.memory_id = v_line.id and x.other_id = v_line.superseded_by and x.action in ('refined', 'contradicted')
      order by x.id desc limit 1) e
    where m.id = v_line.id;
  end loop;
  for v_line in
    select e.id, e.memory_id, e.confidence_after - coalesce(e.confidence_before, e.confidence_after) as gain from memory_evidence e
    join memories m on m.id = e.memory_id and not m.id = any (v_doomed)
    where e.tenant_id = current_tenant_id() and e.source_id = p_source_id and e.action in ('reinforced', 'believed', 'promoted')
      and (v_is_admin or e.user_id = current_user_id())
  loop
    v_weakened := v_weakened || v_line.memory_id;
    if not p_applies then continue; end if;
    update memories set confidence = least(1, greatest(0, confidence - v_line.gain)), updated_at = now() where id = v_line.memory_id;
    delete from memory_evidence where id = v_line.id;
  end loop;
  if p_applies then
    delete from memory_evidence where tenant_id = current_tenant_id() and other_id = any (v_doomed);
    delete from memories where tenant_id = current_tenant_id() and id = any (v_doomed);
    -- What it said is no evidence any more, and is not learned from again.
    delete from memory_turns where tenant_id = current_tenant_id() and session_id = p_source_id and (v_is_admin or user_id = current_user_id());
    update memory_sessions set status = 'failed', lease_until = null, error = 'reverted', learned_at = null, is_scanned = true
    where tenant_id = current_tenant_id() and id = p_source_id and (v_is_admin or user_id = current_user_id());
  end if;
  return json_build_object('removed', v_removed, 'restored', v_restored, 'weakened', (select coalesce(array_agg(distinct w), '{}') from unnest(v_weakened) w));
end $$;

grant create on schema public to apexflow_definer;
alter function decay_memories(jsonb, real, integer) owner to apexflow_definer;
alter function list_memory_proposals(text, integer) owner to apexflow_definer;
alter function propose_repeated_memory(text, text, integer) owner to apexflow_definer;
alter function decide_memory_proposal(text, boolean) owner to apexflow_definer;
alter function list_derived_memories(text) owner to apexflow_definer;
alter function revert_memory_source(text, boolean) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function decay_memories(jsonb, real, integer), list_memory_proposals(text, integer), propose_repeated_memory(text, text, integer),
  decide_memory_proposal(text, boolean), list_derived_memories(text), revert_memory_source(text, boolean) from public;
grant execute on function list_derived_memories(text) to apexflow_definer;
grant execute on function decay_memories(jsonb, real, integer), list_memory_proposals(text, integer), propose_repeated_memory(text, text, integer),
  decide_memory_proposal(text, boolean), revert_memory_source(text, boolean) to apexflow_runtime;
