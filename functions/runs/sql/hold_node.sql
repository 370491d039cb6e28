-- Locks the run and then the node for the claim that has this fence: the first statement of every write of a claim.
--
-- Raises AF000 when a newer claim or a cancellation has the node: the caller lost its claim and must stop.
create or replace function hold_node(p_run_id text, p_node_id text, p_fence bigint) returns void
language plpgsql security invoker as $$
begin
  perform from sessions where id = p_run_id for no key update;
  perform from run_nodes where id = p_node_id and fence = p_fence and status = 'running' for update;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
end $$;
