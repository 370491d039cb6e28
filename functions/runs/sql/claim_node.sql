-- Claims a node for one delivery of its task, under the lock of its run. Returns no row when the task is outdated, the
-- node is claimed, not due or ended, this version of the engine does not know the run, or the tenant is disabled.
--
-- Each row is read by its key. A join is planned with statistics that can be hours old; for a tenant with thousands of
-- open runs such a plan read all of them for every claim.
create or replace function claim_node(p_run_id text, p_node_id text, p_generation integer,
  p_lease_seconds double precision, p_holder text, p_oldest_engine integer, p_newest_engine integer)
returns table (id text, run_id text, user_id text, name text, worker text, generation integer, fence bigint,
  attempts integer, turn integer, prompt jsonb, instruction text, provider text, model text, task text, team text[],
  allowed_hosts text[], tenant_hosts text[], has_budget boolean, capabilities jsonb, price jsonb, has_waited boolean,
  postponed_seconds integer)
language plpgsql security invoker as $$
#variable_conflict use_column
declare
  node run_nodes%rowtype;
  run record;
  tenant record;
  waited text;
begin
  select s.tenant_id, s.user_id, s.status, s.query, s.team, s.allowed_hosts, s.budget_usd, s.engine_version into run
  from sessions s where s.id = p_run_id for no key update;
  if not found or run.status not in ('queued', 'running') or run.engine_version not between p_oldest_engine
    and p_newest_engine then
    return;
  end if;
  select t.disabled_at, t.budget_usd_per_day, t.worker_config, t.prices, t.allowed_hosts into tenant from tenants t
    where t.id = run.tenant_id;
  if tenant.disabled_at is not null then
    return;
  end if;
  select n.waits_for_budget into waited from run_nodes n where n.id = p_node_id;
  update run_nodes n set fence = n.fence + 1, lease_until = now() + make_interval(secs => p_lease_seconds),
    holder = p_holder,
    attempts = n.attempts + 1, status = 'running', wake_at = null, waits_for_budget = null,
      started_at = coalesce(n.started_at, clock_timestamp())
  where n.id = p_node_id and n.run_id = p_run_id and n.generation = p_generation and n.status in ('pending', 'running')
    and (n.lease_until is null or n.lease_until < now()) and (n.wake_at is null or n.wake_at <= now())
  returning * into node;
  if not found then
    return;
  end if;
  if run.status = 'queued' then
    update sessions s set status = 'running', started_at = coalesce(s.started_at, clock_timestamp())
      where s.id = p_run_id;
  end if;
  return query select node.id, node.run_id, run.user_id, node.name, node.worker, node.generation, node.fence,
    node.attempts, node.turn, node.prompt,
    node.instruction, node.provider, node.model, run.query, run.team, run.allowed_hosts, tenant.allowed_hosts,
    run.budget_usd is not null or tenant.budget_usd_per_day is not null,
    -- They belong to the model, whichever worker's entry names it.
    (select w.value -> 'capabilities' from jsonb_each(tenant.worker_config) w
      where w.value ->> 'provider' = node.provider and w.value ->> 'model' = node.model and w.value ? 'capabilities'
      order by w.key limit 1),
    tenant.prices -> (node.provider || '/' || node.model), waited is not null, node.postponed_seconds;
end $$;
