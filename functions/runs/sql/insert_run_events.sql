-- Inserts events of a run with the numbers after p_after and notifies listeners. The caller has increased the run's
-- event_seq by their number, which locks the run. p_events: [{type, level, source, message, data}]. Returns true.
create or replace function insert_run_events(p_tenant_id text, p_run_id text, p_after bigint, p_events jsonb)
returns boolean
language plpgsql security invoker as $$
begin
  insert into run_events (run_id, seq, tenant_id, type, level, source, message, data)
  select p_run_id, p_after + e.number, p_tenant_id, e.event ->> 'type', e.event ->> 'level', e.event ->> 'source',
    left(e.event ->> 'message', 20000), coalesce(e.event -> 'data', '{}'::jsonb)
  from jsonb_array_elements(p_events) with ordinality as e (event, number);
  -- A simple expression runs without an executor, which `perform` would start. Not `… or true`: the planner would
  -- reduce that to true and drop the call.
  return pg_notify('run_events', p_run_id) is not null;
end $$;
