-- Replaces the texts of facts where runs were shown them: in prompts, tool calls, model answers, and in the archived
-- sessions and turns of these runs. It looks for each text as it is and as prompts show it (on one line, with XML
-- entities). Returns how many rows contained one. For the functions that erase only.
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
    select u.run_id, u.user_id, m.text from memory_uses u join memories m on m.id = u.memory_id
    where u.tenant_id = current_tenant_id() and u.memory_id = any (p_ids)
  loop
    foreach v_form in array array[v_use.text,
      replace(replace(replace(replace(regexp_replace(v_use.text, E'[\\r\\n\\t]+', ' ', 'g'), '&', '&amp;'),
        '<', '&lt;'), '>', '&gt;'), '"', '&quot;')]
    loop
      v_inner := to_jsonb(v_form)::text;
      v_inner := substr(v_inner, 2, length(v_inner) - 2);
      update run_nodes set prompt = replace(prompt::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id and position(v_inner in prompt::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update tool_calls set output = replace(output, v_form, '[erased]'),
        arguments = replace(arguments::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id
        and (position(v_form in output) > 0 or position(v_inner in arguments::text) > 0);
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update model_turns set response = replace(response::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and run_id = v_use.run_id and position(v_inner in response::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update memory_sessions set material = replace(material::text, v_inner, '[erased]')::jsonb
      where tenant_id = current_tenant_id() and user_id = v_use.user_id and id = v_use.run_id
        and position(v_inner in material::text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
      update memory_turns set text = replace(text, v_form, '[erased]')
      where tenant_id = current_tenant_id() and user_id = v_use.user_id and session_id = v_use.run_id
        and position(v_form in text) > 0;
      get diagnostics v_touched = row_count;
      v_count := v_count + v_touched;
    end loop;
  end loop;
  return v_count;
end $$;

alter function redact_memories owner to apexflow_definer;
revoke all on function redact_memories from public;
