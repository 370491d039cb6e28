-- Appends an event to the village of the current tenant, for these readers (null: all), and notifies listeners. Numbers
-- follow the order of the commits, because the lock is held until then. Keeps the last 1,000 events.
create or replace function append_village_event(p_type text, p_readers text[], p_data jsonb) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_tenant constant text := current_tenant_id();
  v_seq bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('village events ' || v_tenant, 0));
  select coalesce(max(e.seq), 0) + 1 into v_seq from village_events e where e.tenant_id = v_tenant;
  insert into village_events (tenant_id, seq, type, readers, data) values (v_tenant, v_seq, p_type, p_readers, p_data);
  delete from village_events e where e.tenant_id = v_tenant and e.seq <= v_seq - 1000;
  perform pg_notify('village_events', v_tenant);
  return v_seq;
end $$;

alter function append_village_event owner to apexflow_definer;
revoke all on function append_village_event from public;
grant execute on function append_village_event to apexflow_runtime;
