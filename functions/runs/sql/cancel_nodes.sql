-- Cancels every node of a run that has not ended, or those of p_node_ids, and increases its fence, so that its claims
-- are lost. The caller has locked the run. Returns the names of the nodes that it cancelled.
create or replace function cancel_nodes(p_run_id text, p_node_ids text[]) returns setof text
language sql security invoker as $$
  update run_nodes n set status = 'cancelled', fence = n.fence + 1, lease_until = null, wake_at = null,
    completed_at = clock_timestamp(), reserved = 0
  from (select id from run_nodes where run_id = p_run_id and status in ('pending', 'running', 'waiting_input')
    and (p_node_ids is null or id = any (p_node_ids)) order by id for update) open
  where n.id = open.id returning n.name;
$$;
