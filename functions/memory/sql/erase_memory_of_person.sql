-- Erases the memory of a user: facts with vectors and evidence, sessions with turns, entities with their whole history,
-- keys, preferences, the traces and proposals of chats, waiting tasks, stored answers of requests. With p_everything
-- also runs with their files, chats, documents and every other row with the user's id. The account, the usage records
-- and the audit log remain. p_steps are the steps that work on memory: their waiting tasks and dead letters are
-- deleted.
--
-- Returns null when the current user may not erase this user's memory, else {"rows": {"table": count}, "redacted":
-- count, "blobs": [sha256 that nothing refers to any more]}. Raises AF409 when p_everything is set and a run of the
-- user has not ended.
create or replace function erase_memory_of_person(p_user_id text, p_everything boolean, p_steps text[]) returns json
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
  perform 1 from users u where u.id = p_user_id and u.tenant_id = current_tenant_id()
    and (u.id = current_user_id() or u.owner_id = current_user_id() or exists (
    select from users a where a.id = current_user_id() and a.tenant_id = current_tenant_id() and a.role = 'admin'
      and a.disabled_at is null));
  if not found then return null; end if;
  if p_everything then
    perform 1 from sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id for update;
    if exists (select from sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id
      and s.status in ('queued', 'running', 'waiting_input')) then
      raise exception 'a run of the user has not ended' using errcode = 'AF409',
        hint = 'A run of this user has not ended. Cancel it first.';
    end if;
    select coalesce(array_agg(distinct h.sha256), '{}') into v_blobs from (
      select f.sha256 from run_files f join sessions s on s.id = f.run_id
        where s.tenant_id = current_tenant_id() and s.user_id = p_user_id
      union
      select v.sha256 from run_file_versions v join sessions s on s.id = v.run_id
        where s.tenant_id = current_tenant_id() and s.user_id = p_user_id and v.sha256 is not null
      union
      -- A content that was never committed has no row; the call that wrote it still has its text.
      select encode(sha256(convert_to(c.arguments ->> 'content', 'UTF8')), 'hex') from tool_calls c
        join sessions s on s.id = c.run_id
      where s.tenant_id = current_tenant_id() and s.user_id = p_user_id and c.arguments ->> 'content' is not null) h;
  end if;
  select coalesce(array_agg(m.id), '{}') into v_facts from memories m
    where m.tenant_id = current_tenant_id() and m.user_id = p_user_id;
  select array_agg(w.id) || p_user_id into v_works from (
    -- The id of a transcript is the caller's, and may be that of another user's run.
    select s.id from memory_sessions s where s.tenant_id = current_tenant_id() and s.user_id = p_user_id
      and s.kind <> 'transcript'
    union select s.id from sessions s where p_everything and s.tenant_id = current_tenant_id()
      and s.user_id = p_user_id) w;
  v_redacted := redact_memories(v_facts) + redact_shown_blocks(p_user_id, null);
  perform forget_memories(v_facts);
  if v_facts <> '{}' then v_rows := v_rows || jsonb_build_object('memories', cardinality(v_facts)); end if;
  foreach v_table in array array['outbox', 'dead_letters'] loop
    execute format('delete from %I where tenant_id = current_tenant_id() and (step = any ($3) or $2)
      and (payload ->> ''run_id'' = any ($1) or payload ->> ''session_id'' = any ($1)
        or payload ->> ''user_id'' = any ($1))', v_table)
    using v_works, p_everything, p_steps;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  delete from idempotency_keys where tenant_id = current_tenant_id() and user_id = p_user_id
    and (p_everything or route like '%/memory%' or route like '%/remme%' or route like '%/repos%');
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('idempotency_keys', v_count); end if;
  delete from system_state where tenant_id = current_tenant_id() and user_id = p_user_id
    and (p_everything or key like 'remme%');
  get diagnostics v_count = row_count;
  if v_count > 0 then v_rows := v_rows || jsonb_build_object('system_state', v_count); end if;
  -- The catalog finds every table with the user's id, so that a table that is added later is not forgotten.
  for v_table in
    select t.table_name from information_schema.tables t
    where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and exists (select from information_schema.columns c
        where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'user_id')
      and exists (select from information_schema.columns c
        where c.table_schema = 'public' and c.table_name = t.table_name and c.column_name = 'tenant_id')
      and case when t.table_name like 'memor%' or t.table_name in ('user_preferences', 'scanned_runs',
        'chat_memory_uses', 'chat_muted_memories', 'chat_learned') then true
        else p_everything and t.table_name not in ('users', 'api_keys', 'audit_log', 'security_logs', 'usage_ledger',
          'usage_days', 'call_reservations') end
    order by t.table_name
  loop
    execute format('delete from %I where tenant_id = current_tenant_id() and user_id = $1', v_table) using p_user_id;
    get diagnostics v_count = row_count;
    if v_count > 0 then v_rows := v_rows || jsonb_build_object(v_table, v_count); end if;
  end loop;
  select coalesce(array_agg(b), '{}') into v_blobs from unnest(v_blobs) b
  where not exists (select from run_files f where f.tenant_id = current_tenant_id() and f.sha256 = b)
    and not exists (select from run_file_versions v
      where v.tenant_id = current_tenant_id() and v.sha256 = b and v.kept);
  insert into audit_log (tenant_id, user_id, action, resource, outcome, data)
  values (current_tenant_id(), current_user_id(), 'memory-erase', p_user_id, 'allowed',
    jsonb_build_object('rows', v_rows, 'everything', p_everything));
  return json_build_object('rows', v_rows, 'redacted', v_redacted, 'blobs', v_blobs);
end $$;

alter function erase_memory_of_person owner to apexflow_definer;
revoke all on function erase_memory_of_person from public;
grant execute on function erase_memory_of_person to apexflow_runtime;
