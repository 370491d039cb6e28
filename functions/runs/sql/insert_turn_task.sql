-- Writes the next task of a node to the outbox. The node's generation is the new one. The name of the task is computed
-- as functions/platform/queue/task.ts does. p_step is the step of nodes that name none. Returns nulls when the task
-- exists.
create or replace function insert_turn_task(p_node run_nodes, p_step text, p_queue text, out task_name text,
  out step text, out payload jsonb, out not_before timestamptz)
language plpgsql security invoker as $$
declare
  v_step text := coalesce(p_node.turn_step, p_step);
begin
  insert into outbox as o (tenant_id, task_name, queue, step, payload, not_before)
  values (p_node.tenant_id,
    left(encode(sha256(convert_to(v_step || ' ' || p_node.id || ':' || p_node.generation, 'UTF8')), 'hex'), 40),
    p_queue, v_step,
    jsonb_build_object('tenant_id', p_node.tenant_id, 'run_id', p_node.run_id, 'node_id', p_node.id,
      'generation', p_node.generation),
    p_node.wake_at)
  on conflict on constraint outbox_task_name_key do nothing
  returning o.task_name, o.step, o.payload, o.not_before into task_name, step, payload, not_before;
end $$;
