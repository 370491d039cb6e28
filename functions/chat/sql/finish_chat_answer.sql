-- Ends the message of an answer in the transaction that ends its run, however the run ends. Trigger of sessions.
--
-- The content is the text of all turns, with blank lines between them; a text that the output limit cut goes on without
-- one. A stopped answer keeps what its readers have of the turn that was being written. The error of a run begins with
-- the name of its node, which says nothing here.
create or replace function finish_chat_answer() returns trigger
language plpgsql security invoker as $$
declare
  v_text text := '';
  v_is_cut boolean := false;
  turn record;
  answer chat_messages%rowtype;
begin
  for turn in
    select t.said, t.is_cut from (
      select m.turn, m.response ->> 'text' as said, m.response ->> 'finish_reason' = 'length'
          and jsonb_array_length(m.response -> 'tool_calls') = 0 as is_cut
        from model_turns m where m.tenant_id = new.tenant_id and m.run_id = new.id
      union all
      select p.turn, p.text, false from partial_turns p join run_nodes n on n.id = p.node_id and n.turn = p.turn
        where p.tenant_id = new.tenant_id and p.run_id = new.id and new.status = 'cancelled') t
    where btrim(t.said) <> '' order by t.turn
  loop
    v_text := v_text || case when v_text = '' or v_is_cut then '' else E'\n\n' end || turn.said;
    v_is_cut := turn.is_cut;
  end loop;
  update chat_messages m set content = btrim(v_text), completed_at = clock_timestamp(),
    status = case new.status when 'completed' then 'complete' when 'cancelled' then 'stopped' else 'failed' end,
    error = case when new.status in ('failed', 'cost_exceeded') then regexp_replace(new.error, '^answer: ', '') end
  where m.run_id = new.id and m.status = 'answering'
  returning * into answer;
  if found then
    perform append_chat_event(answer.session_id, 'answer_ended',
      jsonb_build_object('message_id', answer.id, 'run_id', new.id, 'status', answer.status));
    perform pg_notify('work_ended', new.id);
  end if;
  delete from partial_turns where tenant_id = new.tenant_id and run_id = new.id;
  return null;
end $$;

revoke all on function finish_chat_answer from public;
