-- Appends events to a run and notifies listeners. Returns the last event number, or null for an unknown run. The
-- numbers have no gaps and follow the order of the commits, because the update locks the run. p_events: [{type, level,
-- source, message, data}].
create or replace function append_run_events(p_run_id text, p_events jsonb) returns bigint
language plpgsql security invoker as $$
declare
  last bigint;
  owner text;
  is_done boolean;
  added integer := jsonb_array_length(p_events);
begin
  update sessions set event_seq = event_seq + added where id = p_run_id returning event_seq, tenant_id into last, owner;
  if not found then
    return null;
  end if;
  is_done := insert_run_events(owner, p_run_id, last - added, p_events);
  return last;
end $$;
