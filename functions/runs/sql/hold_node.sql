-- Locks the run and then the node for the claim that has this fence: the first statement of every write of a claim.
-- Appends p_events to the run, if there are any: the update of the run's counter is its lock.
--
-- Raises AF000 when a newer claim or a cancellation has the node: the caller lost its claim and must stop.
create or replace function hold_node(p_run_id text, p_node_id text, p_fence bigint, p_events jsonb) returns void
language plpgsql security invoker as $$
declare
  last bigint;
begin
  if p_events is null then
    perform from sessions where id = p_run_id for no key update;
  else
    -- An assignment is evaluated without an executor of its own, which `perform` would start.
    last := append_run_events(p_run_id, p_events);
  end if;
  perform from run_nodes where id = p_node_id and fence = p_fence and status = 'running' for update;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
end $$;
