-- Writes the next task of nodes that wait for money: of this run for the run's budget, of any run of the tenant for the
-- budget of the day. The three that have waited longest, because one of them may need more than what is free; the
-- others try again by themselves. Returns the tasks, to be sent after the commit.
--
-- A waiting node whose claim has not ended yet is only marked, and release_node then enqueues it at once. The caller
-- has locked its own run, so no node of it is missed. Nodes of other runs are changed without the lock of their run, so
-- a node that somebody else has locked is skipped: waiting for it could be a deadlock.
create or replace function wake_budget_waiters(p_run_id text)
returns table (task_name text, queue text, step text, payload jsonb)
language plpgsql security invoker as $$
declare
  waiter record;
begin
  for waiter in
    update run_nodes n set waits_for_budget = 'woken'
    from (select w.id from run_nodes w where w.tenant_id = current_tenant_id() and w.status = 'running'
        and w.waits_for_budget in ('run', 'day') and (w.waits_for_budget = 'day' or w.run_id = p_run_id)
      order by w.rung_at, w.id limit 3 for update skip locked) longest
    where n.id = longest.id returning n.id, n.wake_at, n.wake_task
  loop
    if waiter.wake_at is not null then
      queue := waiter.wake_task ->> 'queue';
      select r.task_name, r.step, r.payload into task_name, step, payload
        from ring_node(waiter.id, waiter.wake_task ->> 'step', queue) r;
      return next;
    end if;
  end loop;
end $$;
