-- Records the result of a tool call, in one function: locks the run and the node for the claim with this fence and
-- appends the events. A completed call does not change. p_starts_turn: the claim goes on with the next turn, so its
-- first attempt is counted before it runs.
--
-- Raises AF000 when a newer claim or a cancellation has the node.
create or replace function record_call(p_run_id text, p_node_id text, p_fence bigint, p_events jsonb, p_turn integer,
  p_call_index integer, p_output text, p_is_error boolean, p_starts_turn boolean) returns void
language plpgsql security invoker as $$
declare
  last bigint;
begin
  -- An assignment is evaluated without an executor of its own, which `perform` would start.
  last := append_run_events(p_run_id, p_events);
  if p_starts_turn then
    update run_nodes set attempts = 1 where id = p_node_id and fence = p_fence and status = 'running';
  else
    perform from run_nodes where id = p_node_id and fence = p_fence and status = 'running' for update;
  end if;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
  update tool_calls set status = 'completed', output = p_output, is_error = p_is_error,
    completed_at = clock_timestamp()
  where node_id = p_node_id and turn = p_turn and call_index = p_call_index and status <> 'completed';
end $$;
