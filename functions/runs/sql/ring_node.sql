-- Writes the next task of a node to the outbox and ends its lease. The new generation makes older tasks of the node
-- no-ops. p_wake_at delays the task; a later call of this function can bring it forward. Does nothing for a node that
-- has ended.
--
-- p_step and p_queue are those of the task type TakeTurn; a node that names its own step gets a task of that step.
-- Returns the task, to be sent after the commit.
create or replace function ring_node(p_node_id text, p_step text, p_queue text, p_wake_at timestamptz default null)
returns table (task_name text, step text, payload jsonb, not_before timestamptz)
language plpgsql security invoker as $$
declare
  node run_nodes%rowtype;
  task record;
begin
  update run_nodes set generation = generation + 1, lease_until = null, wake_at = p_wake_at, rung_at = now()
  where id = p_node_id and status in ('pending', 'running')
  returning * into node;
  if not found then
    return;
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
