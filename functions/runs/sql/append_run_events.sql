-- Appends events to a run and notifies listeners. Returns the last event number, or null for an unknown run. The
-- numbers have no gaps and follow the order of the commits, because the update locks the run. p_events: [{type, level,
-- source, message, data}].
create or replace function append_run_events(p_run_id text, p_events jsonb) returns bigint
language plpgsql security invoker as $$
declare
  last bigint;
  owner text;
  added integer := jsonb_array_length(p_events);
begin
  update sessions set event_seq = event_seq + added where id = p_run_id returning event_seq, tenant_id into last, owner;
  if not found then
    return null;
  end if;
  insert into run_events (run_id, seq, tenant_id, type, level, source, message, data)
  select p_run_id, last - added + e.number, owner, e.event ->> 'type', e.event ->> 'level', e.event ->> 'source',
    left(e.event ->> 'message', 20000), coalesce(e.event -> 'data', '{}'::jsonb)
  from jsonb_array_elements(p_events) with ordinality as e (event, number);
  perform pg_notify('run_events', p_run_id);
  return last;
end $$;
