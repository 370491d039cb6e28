-- Erases a source: everything that reverting it takes back in facts and preferences, its archive with its turns, its
-- job with the staged changes, tasks of p_steps that wait for it, and stored answers of memory requests. Runs that read
-- the page lose its URL, so that a repeated erasure finds no reader. An admin erases for all users of the tenant, but
-- not for subjects; everybody else their own. The words of the source in entity files, and where runs were shown them,
-- are erased before. Returns {"rows": {"table": count}, "redacted": 0, "blobs": []}.
create or replace function erase_memory_source(p_source_id text, p_steps text[]) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_facts text[];
  v_jobs text[];
  v_rows jsonb;
  v_count integer;
  v_turns integer;
  v_is_admin boolean;
  v_table text;
  v_readers text[];
  v_url text := '"url": ' || to_jsonb(p_source_id)::text;
begin
  select u.role = 'admin' into v_is_admin from users u
    where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.disabled_at is null;
  select coalesce(array_agg(d.memory_id), '{}') into v_facts from list_derived_memories(p_source_id) d;
  select count(*) into v_turns from memory_turns
    where tenant_id = current_tenant_id() and session_id = p_source_id and is_in_reach(v_is_admin, user_id);
  select coalesce(array_agg(j.id), '{}') into v_jobs from memory_jobs j
    where j.tenant_id = current_tenant_id() and j.session_id = p_source_id
      and is_in_reach(v_is_admin, j.user_id);
  perform revert_memory_source(p_source_id, true);
  v_rows := jsonb_build_object('memories', cardinality(v_facts), 'memory_turns', v_turns);
  delete from memory_evidence where tenant_id = current_tenant_id() and source_id = p_source_id
    and is_in_reach(v_is_admin, user_id);
  foreach v_table in array array['outbox', 'dead_letters'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and step = any ($4)
      and (payload ->> ''job_id'' = any ($2)
      or (payload ->> ''run_id'' = $1 or payload ->> ''session_id'' = $1) and exists (
        select from memory_sessions s where s.tenant_id = current_tenant_id() and s.id = $1
          and s.kind <> ''transcript'' and is_in_reach($3, s.user_id)))', v_table)
    using p_source_id, v_jobs, v_is_admin, p_steps;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  foreach v_table in array array['memory_jobs', 'memory_change_sets'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and session_id = $1
      and is_in_reach($2, user_id)', v_table)
    using p_source_id, v_is_admin;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  delete from memory_sessions where tenant_id = current_tenant_id() and id = p_source_id
    and is_in_reach(v_is_admin, user_id);
  get diagnostics v_count = row_count;
  v_rows := v_rows || jsonb_build_object('memory_sessions', v_count);
  -- What chats proposed from the words of the source, and where they show entity files that are gone now.
  delete from chat_learned l using chat_messages a where l.tenant_id = current_tenant_id() and a.id = l.message_id
    and (p_source_id in (a.session_id, l.run_id) or l.memory_id = any (v_facts))
    and is_in_reach(v_is_admin, l.user_id);
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('chat_learned', v_count); end if;
  delete from chat_memory_uses u where u.tenant_id = current_tenant_id() and u.kind = 'entity'
    and is_in_reach(v_is_admin, u.user_id) and not exists (select from memory_blocks b where b.tenant_id = u.tenant_id
      and b.user_id = u.user_id and b.path = u.target_id and b.block = u.block and b.valid_from = u.since);
  delete from chat_muted_memories u where u.tenant_id = current_tenant_id() and u.kind = 'entity'
    and is_in_reach(v_is_admin, u.user_id) and not exists (select from memory_blocks b where b.tenant_id = u.tenant_id
      and b.user_id = u.user_id and b.path = u.target_id);
  delete from idempotency_keys where tenant_id = current_tenant_id() and is_in_reach(v_is_admin, user_id)
    and (route like '%/memory%' or route like '%/remme%' or route like '%/repos%');
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('idempotency_keys', v_count); end if;
  v_readers := array(select r.run_id from list_page_readers(p_source_id) r
    join sessions s on s.tenant_id = current_tenant_id() and s.id = r.run_id
    where is_in_reach(v_is_admin, s.user_id));
  update model_turns set response = replace(response::text, v_url, '"url": "[erased]"')::jsonb
    where tenant_id = current_tenant_id() and run_id = any (v_readers) and position(v_url in response::text) > 0;
  update run_events set data = replace(data::text, v_url, '"url": "[erased]"')::jsonb
    where tenant_id = current_tenant_id() and run_id = any (v_readers) and position(v_url in data::text) > 0;
  update tool_calls set arguments = replace(arguments::text, v_url, '"url": "[erased]"')::jsonb
    where tenant_id = current_tenant_id() and run_id = any (v_readers) and position(v_url in arguments::text) > 0;
  insert into audit_log (tenant_id, user_id, action, outcome, data)
  values (current_tenant_id(), current_user_id(), 'memory-erase', 'allowed', jsonb_build_object('rows', v_rows));
  return json_build_object('rows', v_rows, 'redacted', 0, 'blobs', '{}'::text[]);
end $$;

alter function erase_memory_source owner to apexflow_definer;
revoke all on function erase_memory_source from public;
grant execute on function erase_memory_source to apexflow_runtime;
