-- Replaces texts in what a run recorded: prompts, model answers, tool calls, events, messages, questions, results, the
-- answer in a chat with what was proposed from it, what it said in the village, notes, agents and councils, and the
-- archived session with its turns. A redacted statement loses its vector and its pairs, whose reasons quote it, and is
-- found by its words. The user's task (sessions.query) and the files of the run stay. It looks for each text as it is
-- and as prompts show it (with XML entities, and on one line). A worker that is at work has the texts in its process:
-- it loses its claim, and its node continues from what is redacted. Returns how many rows contained one. For the
-- functions that erase only.
create or replace function redact_run(p_run_id text, p_texts text[]) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_forms text[];
  v_target record;
  v_count integer := 0;
  v_touched integer;
  -- Session ids belong to their user: another user's session may have the id of the run.
  v_user text := coalesce(
    (select s.user_id from sessions s where s.tenant_id = current_tenant_id() and s.id = p_run_id),
    (select u.user_id from memory_uses u where u.tenant_id = current_tenant_id() and u.run_id = p_run_id limit 1));
begin
  perform from sessions where tenant_id = current_tenant_id() and id = p_run_id for no key update;
  update run_nodes set fence = fence + 1, lease_until = now()
  where tenant_id = current_tenant_id() and run_id = p_run_id and status = 'running' and lease_until > now();
  -- Longer forms come first, so that a form which is part of another one does not leave the rest of it.
  select array_agg(f.form order by length(f.form) desc, f.form) into v_forms from (
    select distinct unnest(array[t, e.text, regexp_replace(replace(e.text, '"', '&quot;'), E'[\\r\\n\\t]+', ' ', 'g')])
    from unnest(p_texts) t,
      lateral (select replace(replace(replace(t, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')) as e (text)
  ) f (form) where f.form <> '';
  if v_forms is null then return 0; end if;
  for v_target in
    select t.name, t.key, string_agg(quote_ident(c), ', ') as columns, string_agg(format('r.%I', c), ', ') as redacted,
      'jsonb_build_object(' || string_agg(format('%1$L, t.%1$I', c), ', ') || ')' as data
    from (values
      ('sessions', 'id', array['result', 'error', 'node_outputs']),
      ('run_nodes', 'run_id', array['instruction', 'prompt', 'result', 'error']),
      ('model_turns', 'run_id', array['response']),
      ('tool_calls', 'run_id', array['arguments', 'output']),
      ('run_events', 'run_id', array['message', 'data']),
      ('run_messages', 'run_id', array['content']),
      ('run_questions', 'run_id', array['text', 'options', 'arguments', 'details', 'answer']),
      ('chat_messages', 'run_id', array['content']),
      ('chat_learned', 'run_id', array['text']),
      ('agents', 'run_id', array['task']),
      ('council_rounds', 'council_id', array['positions', 'agreements', 'disagreements', 'minority_report', 'summary']),
      ('council_stances', 'council_id', array['position', 'statement', 'reasons', 'would_change', 'changed_from',
        'changed_because']),
      ('village_knowledge', 'run_id', array['content']),
      ('memory_sessions', 'id', array['material']),
      ('memory_turns', 'session_id', array['text', 'caption']),
      ('memory_notes', 'run_id', array['summary', 'unfinished', 'discoveries', 'links'])
    ) as t (name, key, columns), unnest(t.columns) c
    group by t.name, t.key
  loop
    execute format('update %I t
      set (%s) = (select %s from jsonb_populate_record(t, redact_json(%s, $2)) r)
      where t.tenant_id = current_tenant_id() and t.%I = %s and %s redact_json(%s, $2) <> %s',
      v_target.name, v_target.columns, v_target.redacted, v_target.data, v_target.key,
      case when v_target.key = 'council_id' then '(select c.id from councils c where c.run_id = $1)' else '$1' end,
      case when v_target.name like 'memory%' then 't.user_id = $3 and' else '' end, v_target.data, v_target.data)
    using p_run_id, v_forms, v_user;
    get diagnostics v_touched = row_count;
    v_count := v_count + v_touched;
  end loop;
  with redacted as (
    update village_knowledge k set embedder = null, status = 'failed', error = 'redacted'
    where k.tenant_id = current_tenant_id() and k.run_id = p_run_id and position('[erased]' in k.content) > 0
    returning k.id
  ), pairs as (
    delete from village_pairs p using redacted r where r.id in (p.one_id, p.other_id)
  )
  delete from village_vectors v using redacted r where v.statement_id = r.id;
  return v_count;
end $$;

alter function redact_run owner to apexflow_definer;
revoke all on function redact_run from public;
