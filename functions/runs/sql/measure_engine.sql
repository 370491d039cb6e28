-- Returns the backlog of the engine over all tenants, in seconds and rows, for metrics and alerts.
create or replace function measure_engine(p_oldest_engine integer, p_newest_engine integer) returns table (
  oldest_unsent_seconds double precision, oldest_stalled_seconds double precision,
  longest_transaction_seconds double precision, foreign_engine_runs integer, dead_letters integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    coalesce((select extract(epoch from now() - min(created_at)) from outbox
      where not_before is null or not_before <= now()), 0)::float8,
    coalesce((select extract(epoch from now() - min(coalesce(wake_at, lease_until, rung_at))) from run_nodes
      where status in ('pending', 'running') and rung_at is not null
        and coalesce(wake_at, lease_until, rung_at) < now()), 0)::float8,
    coalesce((select extract(epoch from now() - min(xact_start)) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'), 0)::float8,
    (select count(*)::integer from sessions where status in ('queued', 'running', 'waiting_input')
      and engine_version not between p_oldest_engine and p_newest_engine),
    (select count(*)::integer from dead_letters where died_at is not null);
$$;

alter function measure_engine owner to apexflow_definer;
revoke all on function measure_engine from public;
grant execute on function measure_engine to apexflow_runtime;
