-- Deletes a reservation, because the cost of the call is known. If the reservation was written off before, its amount
-- is subtracted from the run's unknown cost.
create or replace function release_reservation(p_reference text) returns void
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
end $$;
