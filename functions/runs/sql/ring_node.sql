-- Writes the next task of a node to the outbox and ends its lease. The new generation makes older tasks of the node
-- no-ops. p_wake_at delays the task; a later call of this function can bring it forward. Does nothing for a node that
-- has ended.
--
-- p_step and p_queue are those of the task type TakeTurn. The name of the task is computed as
-- functions/platform/queue/task.ts does. Returns the task, to be sent after the commit.
create or replace function ring_node(p_node_id text, p_step text, p_queue text, p_wake_at timestamptz default null)
returns table (task_name text, payload jsonb, not_before timestamptz)
language plpgsql security invoker as $$
declare
  node run_nodes%rowtype;
begin
  update run_nodes set generation = generation + 1, lease_until = null, wake_at = p_wake_at, rung_at = now()
  where id = p_node_id and status in ('pending', 'running')
  returning * into node;
  if not found then
    return;
  end if;
  return query insert into outbox as o (tenant_id, task_name, queue, step, payload, not_before)
  values (node.tenant_id,
    left(encode(sha256(convert_to(p_step || ' ' || node.id || ':' || node.generation, 'UTF8')), 'hex'), 40),
    p_queue, p_step,
    jsonb_build_object('tenant_id', node.tenant_id, 'run_id', node.run_id, 'node_id', node.id,
      'generation', node.generation),
    p_wake_at)
  on conflict on constraint outbox_task_name_key do nothing
  returning o.task_name, o.payload, o.not_before;
end $$;
