-- Cancels the agents below an agent, and the agent itself if p_with_itself, with their open questions, and appends an
-- event for each. The caller has locked the run. Returns how many it cancelled; agents that have ended do not change.
create or replace function cancel_agents(p_agent_id text, p_with_itself boolean) returns integer
language plpgsql security invoker as $$
declare
  v_run_id text;
  v_nodes text[];
  v_cancelled text[];
begin
  with recursive tree as (
    select a.id, a.run_id, a.node_id from agents a where a.id = p_agent_id
    union all
    select c.id, c.run_id, c.node_id from agents c join tree t on c.parent_id = t.id)
  select min(run_id), array_agg(node_id) filter (where p_with_itself or id <> p_agent_id) into v_run_id, v_nodes
  from tree;
  if v_nodes is null then
    return 0;
  end if;
  v_cancelled := array(select cancel_nodes(v_run_id, v_nodes));
  if v_cancelled = '{}' then
    return 0;
  end if;
  update run_questions set status = 'withdrawn' where node_id = any (v_nodes) and status = 'open';
  perform append_run_events(v_run_id, (
    select jsonb_agg(jsonb_build_object('type', 'node_cancelled', 'level', 'warning', 'source', 'system',
      'message', c.name || ' was cancelled', 'data', jsonb_build_object('node', c.name)) order by c.name)
    from unnest(v_cancelled) as c (name)));
  return cardinality(v_cancelled);
end $$;
