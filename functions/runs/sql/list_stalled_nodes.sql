-- Lists nodes of all tenants that should move and do not: a lease or a wake-up time has passed, or the task was lost.
-- p_grace keeps the sweeper from competing with tasks that are still on their way. Only runs of these engine versions;
-- other versions belong to another release.
create or replace function list_stalled_nodes(p_grace interval, p_limit integer, p_oldest_engine integer,
  p_newest_engine integer)
returns table (tenant_id text, run_id text, node_id text, generation integer, reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.tenant_id, n.run_id, n.id, n.generation,
    case when n.wake_at is not null then 'wake_up_missed' when n.lease_until is not null then 'lease_expired'
      else 'task_lost' end
  from run_nodes n
  join sessions s on s.id = n.run_id and s.engine_version between p_oldest_engine and p_newest_engine
  where n.status in ('pending', 'running') and n.rung_at is not null
    and coalesce(n.wake_at, n.lease_until, n.rung_at) < now()
    and (n.lease_until is not null or coalesce(n.wake_at, n.rung_at) < now() - p_grace)
  order by coalesce(n.wake_at, n.lease_until, n.rung_at) limit p_limit;
$$;

alter function list_stalled_nodes owner to apexflow_definer;
revoke all on function list_stalled_nodes from public;
grant execute on function list_stalled_nodes to apexflow_runtime;
