-- Lists runs that nothing can continue, with the reason: their tenant is disabled, or the task that would settle them
-- is a dead letter. p_settle_step is the step of the task type SettleRun.
create or replace function list_doomed_runs(p_grace interval, p_limit integer, p_oldest_engine integer,
  p_newest_engine integer, p_settle_step text)
returns table (tenant_id text, run_id text, reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.tenant_id, d.run_id, d.reason from (
    select s.tenant_id, s.id as run_id, 'tenant_disabled' as reason from tenants t join sessions s on s.tenant_id = t.id
    where t.disabled_at is not null and s.status in ('queued', 'running', 'waiting_input')
      and s.engine_version between p_oldest_engine and p_newest_engine
    union all
    select r.tenant_id, r.run_id, 'settling_dead'
    from list_stuck_runs(p_grace, 100000) r join sessions s on s.id = r.run_id
      and s.engine_version between p_oldest_engine and p_newest_engine
    where exists (select from dead_letters l where l.payload ->> 'run_id' = r.run_id and l.died_at is not null
      and l.step = p_settle_step)) d
  limit p_limit;
$$;

alter function list_doomed_runs owner to apexflow_definer;
revoke all on function list_doomed_runs from public;
grant execute on function list_doomed_runs to apexflow_runtime;
