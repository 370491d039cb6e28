-- Deletes a reservation, because the cost of the call is known. If the reservation was written off before, its amount
-- is subtracted from the run's unknown cost. Wakes nodes that wait for the money, and returns their tasks.
create or replace function release_reservation(p_reference text)
returns table (task_name text, queue text, step text, payload jsonb)
language plpgsql security invoker as $$
declare
  released call_reservations%rowtype;
begin
  select * into released from call_reservations where tenant_id = current_tenant_id() and reference = p_reference;
  if not found then
    return;
  end if;
  perform from sessions where id = released.run_id for no key update;
  delete from call_reservations where tenant_id = current_tenant_id()
    and reference = p_reference returning * into released;
  if released.written_off_at is not null then
    update sessions set cost_unknown = cost_unknown - released.amount where id = released.run_id;
  end if;
  if exists (select from run_nodes n where n.tenant_id = current_tenant_id() and n.status = 'running'
      and n.waits_for_budget in ('run', 'day')) then
    return query select w.task_name, w.queue, w.step, w.payload from wake_budget_waiters(released.run_id) w;
  end if;
end $$;
