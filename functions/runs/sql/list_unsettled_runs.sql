-- Lists runs of these engine versions whose settling task was lost, so that the sweeper sends it again. Runs whose
-- settling task is a dead letter are not in the list: list_doomed_runs has them. p_settle_step is the step of the task
-- type SettleRun.
create or replace function list_unsettled_runs(p_grace interval, p_limit integer, p_oldest_engine integer,
  p_newest_engine integer, p_settle_step text)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.tenant_id, r.run_id
  from list_stuck_runs(p_grace, 100000) with ordinality as r (tenant_id, run_id, number)
  join sessions s on s.id = r.run_id and s.engine_version between p_oldest_engine and p_newest_engine
  where not exists (select from dead_letters d
    where d.payload ->> 'run_id' = r.run_id and d.died_at is not null and d.step = p_settle_step)
  order by r.number limit p_limit;
$$;

alter function list_unsettled_runs owner to apexflow_definer;
revoke all on function list_unsettled_runs from public;
grant execute on function list_unsettled_runs to apexflow_runtime;
