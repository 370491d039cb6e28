-- Deletes a reservation, because the cost of the call is known. If the reservation was written off before, its amount
-- is subtracted from the run's unknown cost. Returns whether nodes of the tenant wait for money; the caller then wakes
-- them with wake_budget_waiters. It is a scalar function, because every call of a model with a budget pays for it.
create or replace function release_reservation(p_reference text) returns boolean
language plpgsql security invoker as $$
declare
  released call_reservations%rowtype;
begin
  select * into released from call_reservations where tenant_id = current_tenant_id() and reference = p_reference;
  if not found then
    return false;
  end if;
  perform from sessions where id = released.run_id for no key update;
  delete from call_reservations where tenant_id = current_tenant_id()
    and reference = p_reference returning * into released;
  if released.written_off_at is not null then
    update sessions set cost_unknown = cost_unknown - released.amount where id = released.run_id;
  end if;
  return exists (select from run_nodes n where n.tenant_id = current_tenant_id() and n.status = 'running'
    and n.waits_for_budget in ('run', 'day'));
end $$;
