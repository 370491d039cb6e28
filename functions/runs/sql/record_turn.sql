-- Records a model's answer in one function: locks the run and the node for the claim with this fence, counts the tokens
-- and the cost on both, appends the events, inserts the turn with the calls that are to run, and books the call.
--
-- p_deltas are sent to p_delta_channel before the listeners of the events are notified.
--
-- Raises AF000 when a newer claim or a cancellation has the node. A second answer to the same turn fails on the primary
-- key of model_turns.
--
-- The ledger is last: its line locks the tenant's daily sum, for which other runs of the tenant wait until the commit.
-- When the call was booked before as a failed attempt, its tokens and cost are subtracted again. Returns the tasks of
-- nodes that waited for the released money, to be sent after the commit.
create or replace function record_turn(p_run_id text, p_node_id text, p_fence bigint, p_events jsonb, p_turn integer,
  p_provider text, p_model text, p_response jsonb, p_duration_ms integer, p_calls jsonb, p_reference text,
  p_input_tokens bigint, p_output_tokens bigint, p_cached_tokens bigint, p_cost numeric, p_estimated boolean,
  p_price text, p_reservation text, p_delta_channel text, p_deltas text[])
returns table (task_name text, step text, payload jsonb)
language plpgsql security invoker as $$
declare
  added integer := jsonb_array_length(p_events);
  run record;
  is_new boolean;
  delta text;
begin
  update sessions set event_seq = event_seq + added, cost = cost + p_cost, input_tokens = input_tokens + p_input_tokens,
    output_tokens = output_tokens + p_output_tokens, cached_tokens = cached_tokens + p_cached_tokens
  where id = p_run_id returning event_seq, tenant_id, user_id into run;
  update run_nodes set turn = p_turn + 1, attempts = 0, postponed_seconds = 0, cost = cost + p_cost,
    input_tokens = input_tokens + p_input_tokens, output_tokens = output_tokens + p_output_tokens,
    cached_tokens = cached_tokens + p_cached_tokens
  where id = p_node_id and fence = p_fence and status = 'running';
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
  foreach delta in array p_deltas loop
    is_new := pg_notify(p_delta_channel, delta) is null;
  end loop;
  is_new := insert_run_events(run.tenant_id, p_run_id, run.event_seq - added, p_events);
  insert into model_turns (node_id, turn, tenant_id, run_id, provider, model, response, cost, duration_ms)
  values (p_node_id, p_turn, run.tenant_id, p_run_id, p_provider, p_model, p_response, p_cost, p_duration_ms);
  if p_calls <> '[]' then
    insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, attempts)
    select p_node_id, p_turn, c.position - 1, run.tenant_id, p_run_id, c.call ->> 'id', c.call ->> 'name',
      c.call -> 'arguments', 'started', 0
    from jsonb_array_elements(p_calls) with ordinality as c (call, position);
  end if;
  is_new := insert_ledger_line(run.user_id, p_run_id, p_node_id, 'turn', p_reference, p_provider, p_model,
    p_input_tokens, p_output_tokens, p_cached_tokens, p_cost, p_estimated, p_price);
  if not is_new then
    update sessions set cost = cost - p_cost, input_tokens = input_tokens - p_input_tokens,
      output_tokens = output_tokens - p_output_tokens, cached_tokens = cached_tokens - p_cached_tokens
    where id = p_run_id;
    update run_nodes set cost = cost - p_cost, input_tokens = input_tokens - p_input_tokens,
      output_tokens = output_tokens - p_output_tokens, cached_tokens = cached_tokens - p_cached_tokens
    where id = p_node_id;
  end if;
  if p_reservation is not null and release_reservation(p_reservation) then
    return query select w.task_name, w.step, w.payload from wake_budget_waiters(p_run_id) w;
  end if;
end $$;
