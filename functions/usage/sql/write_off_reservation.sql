-- Writes off an expired reservation: the process that made it died, so what the call cost is unknown. The amount
-- counts against the run's budget for good. Returns whether this call wrote it off.
create or replace function write_off_reservation(p_reference text) returns boolean
language plpgsql security invoker as $$
declare
  lost call_reservations%rowtype;
begin
  select * into lost from call_reservations where tenant_id = current_tenant_id() and reference = p_reference;
  perform from sessions where id = lost.run_id for no key update;
  update call_reservations set written_off_at = now()
  where tenant_id = current_tenant_id() and reference = p_reference and written_off_at is null and expires_at < now()
  returning * into lost;
  if not found then
    return false;
  end if;
  update sessions set cost_unknown = cost_unknown + lost.amount where id = lost.run_id;
  return true;
end $$;
