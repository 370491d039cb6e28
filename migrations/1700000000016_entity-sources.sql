-- Up Migration

-- Entity memory without a source: a revert is a commit on top of the branch, an erasure makes the branch anew from the first commit of the source on.

-- The source that a commit took back. What was proposed on a commit before it is proposed anew, since its material may have held what is gone.
alter table memory_commits add column reverted_source text;
create index memory_commits_reverts on memory_commits (tenant_id, user_id, position) where reverted_source is not null;

-- The files that a model was shown when it proposed the edits, as they stood at `base_commit`: influence on record.
alter table memory_change_sets add column shown text[] not null default '{}';

-- An erasure alone changes what is otherwise never changed: edits that repeat the erased words go, and ids of commits that were made anew are exchanged.
grant update (base_commit, edits, shown) on memory_change_sets to apexflow_runtime;
-- Content and id of an object never change; the commit that brought it may be another one then.
grant update (position) on memory_objects to apexflow_runtime;

-- reverted: taken back with its source, and not applied again. `commit_id` is the commit that had applied it, null when it was not applied.
alter table memory_jobs drop constraint memory_jobs_status_check, drop constraint memory_jobs_check;
alter table memory_jobs add check (status in ('queued', 'staged', 'committed', 'failed', 'reverted')),
  add constraint memory_jobs_check check (status = 'reverted' or (status = 'committed') = (commit_id is not null));

-- Which runs read a page: through it a poisoned page is followed to what those runs left.
create index tool_calls_by_page on tool_calls (tenant_id, (arguments ->> 'url')) where name = 'web_fetch';

-- The runs of the tenant that opened an address, with when. Only for the functions below.
create function list_page_readers(p_source_id text) returns table (run_id text, read_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.run_id, min(c.started_at) from tool_calls c
  where c.tenant_id = current_tenant_id() and c.name = 'web_fetch' and c.arguments ->> 'url' = p_source_id and p_source_id ~ '^https?://'
  group by c.run_id;
$$;

-- As before, and for a page also what was learned from the runs that read it, since then.
create or replace function list_derived_memories(p_source_id text) returns table (memory_id text, derived_from text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive asking as (
    select u.id, u.role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null
  ), own as (
    select m.id from memories m join asking a on m.user_id = a.id or a.role = 'admin'
    where m.tenant_id = current_tenant_id() and m.source_id = p_source_id
    union
    select m.id from list_page_readers(p_source_id) r
    join memories m on m.tenant_id = current_tenant_id() and m.source_id = r.run_id and m.source_kind in ('run', 'tool', 'web') and m.recorded_at >= r.read_at
    join asking a on m.user_id = a.id or a.role = 'admin'
  ), derived as (
    select o.id, null::text as derived_from from own o
    union
    select m.id, d.id from derived d
    join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = d.id
    join memories m on m.tenant_id = u.tenant_id and m.source_id = u.run_id and m.source_kind in ('run', 'tool', 'web') and m.recorded_at >= u.used_at
    join asking a on m.user_id = a.id or a.role = 'admin'
  )
  select d.id, min(d.derived_from) from derived d group by d.id;
$$;

-- The sessions through which a source reached entity files: its own, and the runs that had a fact of it (or of what followed from it) in their context or read the
-- page that it is. Of the whole tenant for an admin, else the asking person's.
create function list_source_sessions(p_source_id text) returns table (user_id text, session_id text, is_own boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with asking as (
    select u.id, u.role from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null
  ), runs as (
    select u.run_id from list_derived_memories(p_source_id) d join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = d.memory_id
    union
    select r.run_id from list_page_readers(p_source_id) r
  ), found as (
    select s.user_id, s.id as session_id from memory_sessions s where s.tenant_id = current_tenant_id() and s.id = p_source_id
    union
    select j.user_id, j.session_id from memory_jobs j where j.tenant_id = current_tenant_id() and j.session_id = p_source_id
    union
    select s.user_id, s.id from runs r join memory_sessions s on s.tenant_id = current_tenant_id() and s.id = r.run_id
  )
  select f.user_id, f.session_id, f.session_id = p_source_id from found f join asking a on f.user_id = a.id or a.role = 'admin'
  order by f.user_id, f.session_id;
$$;

-- Lets what follows in the transaction act in the entity memory of a person whom the source reached: the person himself, or an admin of the tenant, who gets to see
-- nothing of it but counts (`take-back-source.ts`). Notes it in the audit log, a look at one's own excepted. False, and nothing is changed, for anybody else.
create function enter_source_repository(p_source_id text, p_user_id text, p_action text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from list_source_sessions(p_source_id) s where s.user_id = p_user_id) then return false; end if;
  if p_user_id <> current_user_id() or p_action <> 'memory-look-at-entities' then
    insert into audit_log (tenant_id, user_id, action, resource, outcome) values (current_tenant_id(), current_user_id(), p_action, p_user_id, 'allowed');
  end if;
  perform set_config('app.user_id', p_user_id, true);
  return true;
end $$;

-- As before, and also in what is archived of those runs: their turns, and the material that they left.
create or replace function redact_memories(p_ids text[]) returns integer
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
      update memory_sessions set material = replace(material::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and id = v_use.run_id and position(v_inner in material::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update memory_turns set text = replace(text, v_form, '[erased]')
      where tenant_id = current_tenant_id() and session_id = v_use.run_id and position(v_form in text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
    end loop;
  end loop;
  return v_count;
end $$;

-- Blackens what came from a source where runs were shown it, before the source is erased: for an admin in the whole tenant, else what is the asking person's own.
create function redact_memory_source(p_source_id text) returns integer
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select redact_memories((select coalesce(array_agg(d.memory_id), '{}') from list_derived_memories(p_source_id) d));
$$;

-- Erases a source, for an admin of the whole tenant, else of the asking person's own: all that reverting it undoes in facts and preferences, its archive with its turns, its
-- job with what it had staged, and tasks that wait for it. Its words in entity files and where runs were shown them are erased before. {"rows": {"table": count},
-- "redacted": 0, "blobs": []}
create or replace function erase_memory_source(p_source_id text) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_facts text[];
  v_jobs text[];
  v_rows jsonb;
  v_count integer;
  v_turns integer;
  v_is_admin boolean;
  v_table text;
begin
  select u.role = 'admin' into v_is_admin from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  select coalesce(array_agg(d.memory_id), '{}') into v_facts from list_derived_memories(p_source_id) d;
  select count(*) into v_turns from memory_turns where tenant_id = current_tenant_id() and session_id = p_source_id and (v_is_admin or user_id = current_user_id());
  select coalesce(array_agg(j.id), '{}') into v_jobs from memory_jobs j
    where j.tenant_id = current_tenant_id() and j.session_id = p_source_id and (v_is_admin or j.user_id = current_user_id());
  perform revert_memory_source(p_source_id, true);
  v_rows := jsonb_build_object('memories', cardinality(v_facts), 'memory_turns', v_turns);
  delete from memory_evidence where tenant_id = current_tenant_id() and source_id = p_source_id and (v_is_admin or user_id = current_user_id());
  foreach v_table in array array['outbox', 'dead_letters'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and step like ''memory-%%'' and (payload ->> ''job_id'' = any ($2)
      or (payload ->> ''run_id'' = $1 or payload ->> ''session_id'' = $1) and exists (
        select from memory_sessions s where s.tenant_id = current_tenant_id() and s.id = $1 and ($3 or s.user_id = current_user_id())))', v_table)
    using p_source_id, v_jobs, v_is_admin;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  foreach v_table in array array['memory_jobs', 'memory_change_sets'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and session_id = $1 and ($2 or user_id = current_user_id())', v_table)
    using p_source_id, v_is_admin;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  delete from memory_sessions where tenant_id = current_tenant_id() and id = p_source_id and (v_is_admin or user_id = current_user_id());
  get diagnostics v_count = row_count;
  v_rows := v_rows || jsonb_build_object('memory_sessions', v_count);
  insert into audit_log (tenant_id, user_id, action, outcome, data)
  values (current_tenant_id(), current_user_id(), 'memory-erase', 'allowed', jsonb_build_object('rows', v_rows));
  return json_build_object('rows', v_rows, 'redacted', 0, 'blobs', '{}'::text[]);
end $$;

grant create on schema public to apexflow_definer;
alter function list_page_readers(text) owner to apexflow_definer;
alter function list_source_sessions(text) owner to apexflow_definer;
alter function enter_source_repository(text, text, text) owner to apexflow_definer;
alter function redact_memory_source(text) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_page_readers(text), list_source_sessions(text), enter_source_repository(text, text, text), redact_memory_source(text) from public;
grant execute on function list_page_readers(text) to apexflow_definer;
grant execute on function list_source_sessions(text), enter_source_repository(text, text, text), redact_memory_source(text) to apexflow_runtime, apexflow_definer;
