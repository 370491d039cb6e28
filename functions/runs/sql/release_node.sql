-- Ends a claim and writes the next task of its node, in one function: locks the run and the node for the claim with
-- this fence, appends p_events if there are any, and records the result of the last tool call if p_output is given. A
-- completed call does not change. p_wake_at delays the task. p_waits_for_budget: the node waits for money of this
-- budget; when some was released since, the task is not delayed.
--
-- Raises AF000 when a newer claim or a cancellation has the node. Returns the task, to be sent after the commit.
create or replace function release_node(p_run_id text, p_node_id text, p_fence bigint, p_events jsonb, p_step text,
  p_queue text, p_wake_at timestamptz, p_turn integer, p_call_index integer, p_output text, p_is_error boolean,
  p_waits_for_budget text)
returns table (task_name text, step text, payload jsonb, not_before timestamptz)
language plpgsql security invoker as $$
declare
  node run_nodes%rowtype;
  task record;
  last bigint;
begin
  if p_events is null then
    perform from sessions where id = p_run_id for no key update;
  else
    -- An assignment is evaluated without an executor of its own, which `perform` would start.
    last := append_run_events(p_run_id, p_events);
  end if;
  update run_nodes set generation = generation + 1, lease_until = null, rung_at = now(),
    wake_at = case when p_waits_for_budget is null or waits_for_budget is distinct from 'woken' then p_wake_at end,
    waits_for_budget = case when waits_for_budget = 'woken' then 'woken' else p_waits_for_budget end,
    wake_task = case when p_waits_for_budget is not null then jsonb_build_object('step', p_step, 'queue', p_queue) end
  where id = p_node_id and fence = p_fence and status = 'running'
  returning * into node;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
  if p_output is not null then
    update tool_calls set status = 'completed', output = p_output, is_error = p_is_error,
      completed_at = clock_timestamp()
    where node_id = p_node_id and turn = p_turn and call_index = p_call_index and status <> 'completed';
  end if;
  task := insert_turn_task(node, p_step, p_queue);
  if task.task_name is not null then
    task_name := task.task_name;
    step := task.step;
    payload := task.payload;
    not_before := task.not_before;
    return next;
  end if;
end $$;
