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

-- Before facts go for good: what they replaced is replaced by whatever replaced them, or true again as it was. Answers which facts. Only for the functions below.
create function restore_replaced_memories(p_doomed text[], p_applies boolean) returns text[]
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
      select m.id, m.superseded_by, m.valid_to from chain c join memories m on m.id = c.superseded_by where c.superseded_by = any (p_doomed)
    )
    select c.superseded_by, c.valid_to into v_next from chain c where c.superseded_by is null or not c.superseded_by = any (p_doomed) limit 1;
    -- The same was said again since: that row holds it.
    if v_next.superseded_by is null and exists (select from memories t where t.tenant_id = current_tenant_id() and t.scope = v_fact.scope
        and t.scope_id = v_fact.scope_id and t.trust = v_fact.trust and (t.trust = 'trusted' or t.user_id = v_fact.user_id)
        and md5(lower(t.text)) = md5(lower(v_fact.text)) and t.superseded_by is null and not t.id = any (p_doomed)) then
      continue;
    end if;
    v_restored := v_restored || v_fact.id;
    if not p_applies then continue; end if;
    update memories m set superseded_by = v_next.superseded_by, updated_at = now(),
      valid_to = case when v_next.superseded_by is null then e.valid_to_before else v_next.valid_to end,
      confidence = coalesce(e.confidence_before, m.confidence)
    from (select x.valid_to_before, x.confidence_before from (select 1) one left join memory_evidence x
      on x.tenant_id = current_tenant_id() and x.memory_id = v_fact.id and x.other_id = v_fact.superseded_by and x.action in ('refined', 'contradicted')
      order by x.id desc limit 1) e
    where m.id = v_fact.id;
  end loop;
  return v_restored;
end $$;

-- Takes back what a source did, with what was derived from it: its facts go with their vectors, what they replaced is true again, what they made surer is as unsure as
-- before. One JSON value: {"removed": [{"id", "text", "derived_from"}], "restored": [id], "weakened": [id]}. With p_applies false it only tells what it would do.
create function revert_memory_source(p_source_id text, p_applies boolean) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_doomed text[];
  v_removed json;
  v_restored text[];
  v_weakened text[] := '{}';
  v_is_admin boolean;
  v_line record;
begin
  select u.role = 'admin' into v_is_admin from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  if v_is_admin is null then raise exception 'nobody asks' using errcode = 'AF401'; end if;
  perform pg_advisory_xact_lock(hashtextextended('revert memory ' || current_tenant_id(), 0));
  select coalesce(array_agg(d.memory_id), '{}'),
    coalesce(json_agg(json_build_object('id', m.id, 'text', m.text, 'derived_from', d.derived_from) order by m.recorded_at, m.id), '[]')
  into v_doomed, v_removed from list_derived_memories(p_source_id) d join memories m on m.id = d.memory_id;
  v_restored := restore_replaced_memories(v_doomed, p_applies);
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
    -- What a person accepted is his own word by now; what waits, and the quotes, go.
    update user_preferences p set updated_at = now(),
      staging_queue = jsonb_build_object('items', (select coalesce(jsonb_agg(i), '[]')
        from jsonb_array_elements(case jsonb_typeof(p.staging_queue -> 'items') when 'array' then p.staging_queue -> 'items' else '[]' end) i
        where i ->> 'source_id' is distinct from p_source_id)),
      evidence_log = jsonb_build_object('events', (select coalesce(jsonb_agg(e), '[]')
        from jsonb_array_elements(case jsonb_typeof(p.evidence_log -> 'events') when 'array' then p.evidence_log -> 'events' else '[]' end) e
        where e ->> 'source_id' is distinct from p_source_id))
    where p.tenant_id = current_tenant_id() and (v_is_admin or p.user_id = current_user_id())
      and (p.staging_queue -> 'items' @> jsonb_build_array(jsonb_build_object('source_id', p_source_id))
        or p.evidence_log -> 'events' @> jsonb_build_array(jsonb_build_object('source_id', p_source_id)));
    insert into audit_log (tenant_id, user_id, action, outcome, data) values (current_tenant_id(), current_user_id(), 'memory-revert', 'allowed',
      jsonb_build_object('removed', cardinality(v_doomed), 'restored', cardinality(v_restored), 'weakened', cardinality(v_weakened)));
  end if;
  return json_build_object('removed', v_removed, 'restored', v_restored, 'weakened', (select coalesce(array_agg(distinct w), '{}') from unnest(v_weakened) w));
end $$;

-- Blackens facts where runs were shown them: in the prompts of workers, the answers of tools and of models. A text is looked for as it is and as prompts show it.
-- Answers how many rows held one. Only for the functions below.
create function redact_memories(p_ids text[]) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_use record;
  v_form text;
  v_inner text;
  v_count integer := 0;
  v_touched integer;
begin
  for v_use in
    select u.run_id, m.text from memory_uses u join memories m on m.id = u.memory_id
    where u.tenant_id = current_tenant_id() and u.memory_id = any (p_ids)
  loop
    foreach v_form in array array[v_use.text,
      replace(replace(replace(replace(regexp_replace(v_use.text, E'[\\r\\n\\t]+', ' ', 'g'), '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;')]
    loop
      v_inner := to_jsonb(v_form)::text;
      v_inner := substr(v_inner, 2, length(v_inner) - 2);
      update run_nodes set prompt = replace(prompt::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id and position(v_inner in prompt::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update tool_calls set output = replace(output, v_form, '[erased]'), arguments = replace(arguments::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id
        and (position(v_form in output) > 0 or position(v_inner in arguments::text) > 0);
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update model_turns set response = replace(response::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id and position(v_inner in response::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
    end loop;
  end loop;
  return v_count;
end $$;

-- Erases what memory keeps of a person: facts with vectors and evidence, sessions with turns, entities with their whole history, keys, preferences, waiting tasks, kept
-- answers. With p_everything his runs with their files, chats, documents and whatever else carries his id, too; what remains is the account, what it cost and the audit
-- log. Null for a person whom the asking one may not erase. {"rows": {"table": count}, "redacted": count, "blobs": [sha256 that nothing refers to any more]}
create function erase_memory_of_person(p_user_id text, p_everything boolean) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_table text;
  v_count integer;
  v_rows jsonb := '{}';
  v_facts text[];
  v_works text[];
  v_redacted integer;
  v_blobs text[] := '{}';
begin
  perform 1 from users u where u.id = p_user_id and u.tenant_id = current_tenant_id() and (u.id = current_user_id() or exists (
    select from users a where a.id = current_user_id() and a.tenant_id = current_tenant_id() and a.role = 'admin' and a.disabled_at is null));
  if not found then return null; end if;
  if p_everything then
    perform 1 from sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id for update;
    if exists (select from sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id and s.status in ('queued', 'running', 'waiting_input')) then
      raise exception 'a run goes on' using errcode = 'AF409', hint = 'A run of this person has not ended; cancel it first.';
    end if;
    select coalesce(array_agg(distinct h.sha256), '{}') into v_blobs from (
      select f.sha256 from run_files f join sessions s on s.id = f.run_id where s.tenant_id = current_tenant_id() and s.user_id = p_user_id
      union
      -- What stood in a file before it was changed has no row any more.
      select encode(sha256(convert_to(c.arguments ->> 'content', 'UTF8')), 'hex') from tool_calls c join sessions s on s.id = c.run_id
      where s.tenant_id = current_tenant_id() and s.user_id = p_user_id and c.arguments ->> 'content' is not null) h;
  end if;
  select coalesce(array_agg(m.id), '{}') into v_facts from memories m where m.tenant_id = current_tenant_id() and m.user_id = p_user_id;
  select array_agg(w.id) || p_user_id into v_works from (
    select s.id from memory_sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id
    union select s.id from sessions s where p_everything and s.tenant_id = current_tenant_id() and s.user_id = p_user_id) w;
  perform restore_replaced_memories(v_facts, true);
  v_redacted := redact_memories(v_facts);
  delete from memory_evidence where tenant_id = current_tenant_id() and other_id = any (v_facts);
  foreach v_table in array array['outbox', 'dead_letters'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and (step like ''memory-%%'' or $2)
      and (payload ->> ''run_id'' = any ($1) or payload ->> ''session_id'' = any ($1) or payload ->> ''user_id'' = any ($1))', v_table)
    using v_works, p_everything;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  delete from idempotency_keys where tenant_id = current_tenant_id() and user_id = p_user_id
    and (p_everything or route like '%/memory%' or route like '%/remme%' or route like '%/repos%');
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('idempotency_keys', v_count); end if;
  delete from system_state where tenant_id = current_tenant_id() and user_id = p_user_id and (p_everything or key like 'remme%');
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('system_state', v_count); end if;
  -- Whatever carries a person's id is found in the catalog, so that a table that comes later is not forgotten.
  for v_table in
    select t.table_name from information_schema.tables t
    where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and exists (select from information_schema.columns c where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'user_id')
      and exists (select from information_schema.columns c where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'tenant_id')
      and case when t.table_name like 'memor%' or t.table_name in ('user_preferences', 'scanned_runs') then true
        else p_everything and t.table_name not in ('users', 'api_keys', 'audit_log', 'security_logs', 'usage_ledger', 'usage_days', 'call_reservations') end
    order by t.table_name
  loop
    execute format('delete from %I where tenant_id = current_tenant_id() and user_id = $1', v_table) using p_user_id;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  select coalesce(array_agg(b), '{}') into v_blobs from unnest(v_blobs) b
  where not exists (select from run_files f where f.tenant_id = current_tenant_id() and f.sha256 = b);
  insert into audit_log (tenant_id, user_id, action, resource, outcome, data)
  values (current_tenant_id(), current_user_id(), 'memory-erase', p_user_id, 'allowed', jsonb_build_object('rows', v_rows, 'everything', p_everything));
  return json_build_object('rows', v_rows, 'redacted', v_redacted, 'blobs', v_blobs);
end $$;

-- Erases a source, for an admin of the whole tenant, else of the asking person's own: all that reverting it undoes, its archive with its turns, and its words where runs
-- were shown them. {"rows": {"table": count}, "redacted": count, "blobs": []}
create function erase_memory_source(p_source_id text) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_facts text[];
  v_rows jsonb;
  v_redacted integer;
  v_count integer;
  v_turns integer;
  v_is_admin boolean;
begin
  select u.role = 'admin' into v_is_admin from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  select coalesce(array_agg(d.memory_id), '{}') into v_facts from list_derived_memories(p_source_id) d;
  select count(*) into v_turns from memory_turns where tenant_id = current_tenant_id() and session_id = p_source_id and (v_is_admin or user_id = current_user_id());
  v_redacted := redact_memories(v_facts);
  perform revert_memory_source(p_source_id, true);
  v_rows := jsonb_build_object('memories', cardinality(v_facts), 'memory_turns', v_turns);
  delete from memory_evidence where tenant_id = current_tenant_id() and source_id = p_source_id and (v_is_admin or user_id = current_user_id());
  delete from outbox where tenant_id = current_tenant_id() and step like 'memory-%' and (payload ->> 'run_id' = p_source_id or payload ->> 'session_id' = p_source_id)
    and exists (select from memory_sessions s where s.tenant_id = current_tenant_id() and s.id = p_source_id and (v_is_admin or s.user_id = current_user_id()));
  delete from memory_sessions where tenant_id = current_tenant_id() and id = p_source_id and (v_is_admin or user_id = current_user_id());
  get diagnostics v_count = row_count;
  v_rows := v_rows || jsonb_build_object('memory_sessions', v_count);
  return json_build_object('rows', v_rows, 'redacted', v_redacted, 'blobs', '{}'::text[]);
end $$;

-- People of all tenants with runs that ended and were not read for preferences. A run of somebody who is gone is nobody's to read.
create function list_unscanned_people(p_limit integer) returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.user_id from sessions s join users u on u.id = s.user_id and u.tenant_id = s.tenant_id
  where not s.remme_scanned and s.status in ('completed', 'failed')
  group by s.tenant_id, s.user_id order by min(s.created_at) limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function decay_memories(jsonb, real, integer) owner to apexflow_definer;
alter function list_memory_proposals(text, integer) owner to apexflow_definer;
alter function propose_repeated_memory(text, text, integer) owner to apexflow_definer;
alter function decide_memory_proposal(text, boolean) owner to apexflow_definer;
alter function list_derived_memories(text) owner to apexflow_definer;
alter function restore_replaced_memories(text[], boolean) owner to apexflow_definer;
alter function revert_memory_source(text, boolean) owner to apexflow_definer;
alter function redact_memories(text[]) owner to apexflow_definer;
alter function erase_memory_of_person(text, boolean) owner to apexflow_definer;
alter function erase_memory_source(text) owner to apexflow_definer;
alter function list_unscanned_people(integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function decay_memories(jsonb, real, integer), list_memory_proposals(text, integer), propose_repeated_memory(text, text, integer),
  decide_memory_proposal(text, boolean), list_derived_memories(text), restore_replaced_memories(text[], boolean), revert_memory_source(text, boolean), redact_memories(text[]),
  erase_memory_of_person(text, boolean), erase_memory_source(text), list_unscanned_people(integer) from public;
grant execute on function list_derived_memories(text), restore_replaced_memories(text[], boolean), redact_memories(text[]) to apexflow_definer;
grant execute on function decay_memories(jsonb, real, integer), list_memory_proposals(text, integer), propose_repeated_memory(text, text, integer),
  decide_memory_proposal(text, boolean), revert_memory_source(text, boolean), erase_memory_of_person(text, boolean), erase_memory_source(text),
  list_unscanned_people(integer) to apexflow_runtime;
