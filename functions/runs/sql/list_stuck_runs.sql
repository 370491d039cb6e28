-- Lists runs of all tenants that have not ended and that nothing moves on: no node is running or rung, or the run
-- waits for a slot that may be free by now. A paused run waits for a user. For list_unsettled_runs and list_doomed_runs
-- only.
create or replace function list_stuck_runs(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from sessions s
  where s.status in ('queued', 'running', 'waiting_input') and s.paused_at is null
    and s.created_at < now() - p_grace
    and (s.waits_for_slot or s.admitted_at is null
      or not exists (select from run_nodes n where n.run_id = s.id
        and (n.status in ('running', 'waiting_input') or (n.status = 'pending' and n.rung_at is not null)
          or n.completed_at > now() - p_grace)))
  order by s.created_at limit p_limit;
$$;

alter function list_stuck_runs owner to apexflow_definer;
revoke all on function list_stuck_runs from public;
