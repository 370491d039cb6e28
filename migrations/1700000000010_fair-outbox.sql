-- Up Migration

-- Tasks that nobody created come out of the outbox in turns of their tenants, so that one with a hundred thousand of them does not hold up the others. The index
-- takes the place of the one by age alone: it finds the tenants that have tasks, and each one's oldest.
create index outbox_by_tenant on outbox (tenant_id, coalesce(tried_at, created_at));
drop index outbox_unsent;

-- Tasks that nobody created for `p_older_than`, the oldest of each tenant before the second oldest of any; marks the try, so that two sweepers do not take the same.
-- In plpgsql, because a function in SQL is planned without its limit, as if it were a tenth of all rows: it sorted them all for each batch.
create or replace function claim_unsent_tasks(p_older_than interval, p_limit integer)
returns setof outbox language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return query with recursive owners as (
    (select o.tenant_id from outbox o order by o.tenant_id limit 1)
    union all
    select (select o.tenant_id from outbox o where o.tenant_id > w.tenant_id order by o.tenant_id limit 1)
    from owners w where w.tenant_id is not null
  ), oldest as materialized (
    select u.id, u.turn, u.waiting_since
    from owners w cross join lateral (
      select d.id, d.waiting_since, row_number() over (order by d.waiting_since, d.id) as turn
      from (select o.id, coalesce(o.tried_at, o.created_at) as waiting_since from outbox o
        where o.tenant_id = w.tenant_id and coalesce(o.tried_at, o.created_at) <= now() - p_older_than
        order by coalesce(o.tried_at, o.created_at) limit p_limit for update skip locked) d) u
    where w.tenant_id is not null
    order by u.turn, u.waiting_since limit p_limit
  )
  update outbox t set tried_at = now(), tries = t.tries + 1
  where t.id = any (array(select o.id from oldest o))
  returning t.*;
end $$;

-- Claims a node for one delivery of its task, under its run's lock. No row: the task is old, the node is another's, not due, or at an end, the run is of
-- an engine that the claimer does not know, or the tenant is disabled. Each row is fetched by its
-- key: a join would be planned by statistics that are hours old, and of a tenant with thousands of open runs the plan walks them all for every claim.
create function claim_node(p_run_id text, p_node_id text, p_generation integer, p_lease_seconds double precision, p_holder text,
  p_oldest_engine integer, p_newest_engine integer)
returns table (id text, run_id text, user_id text, name text, worker text, generation integer, fence bigint, attempts integer, turn integer, prompt jsonb,
  instruction text, provider text, model text, task text, team text[], allowed_hosts text[], has_budget boolean)
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  node run_nodes%rowtype;
  run record;
  tenant record;
begin
  select s.tenant_id, s.user_id, s.status, s.query, s.team, s.allowed_hosts, s.budget_usd, s.engine_version into run
  from sessions s where s.id = p_run_id for no key update;
  if not found or run.status not in ('queued', 'running') or run.engine_version not between p_oldest_engine and p_newest_engine then
    return;
  end if;
  select t.disabled_at, t.budget_usd_per_day into tenant from tenants t where t.id = run.tenant_id;
  if tenant.disabled_at is not null then
    return;
  end if;
  update run_nodes n set fence = n.fence + 1, lease_until = now() + make_interval(secs => p_lease_seconds), holder = p_holder,
    attempts = n.attempts + 1, status = 'running', wake_at = null, started_at = coalesce(n.started_at, clock_timestamp())
  where n.id = p_node_id and n.run_id = p_run_id and n.generation = p_generation and n.status in ('pending', 'running')
    and (n.lease_until is null or n.lease_until < now()) and (n.wake_at is null or n.wake_at <= now())
  returning * into node;
  if not found then
    return;
  end if;
  if run.status = 'queued' then
    update sessions s set status = 'running', started_at = coalesce(s.started_at, clock_timestamp()) where s.id = p_run_id;
  end if;
  return query select node.id, node.run_id, run.user_id, node.name, node.worker, node.generation, node.fence, node.attempts, node.turn, node.prompt,
    node.instruction, node.provider, node.model, run.query, run.team, run.allowed_hosts,
    run.budget_usd is not null or tenant.budget_usd_per_day is not null;
end $$;

-- Locks the run and then the node for the claim that holds this fence: the first statement of every write of a claim.
-- Errors: AF000 when a newer claim or a cancellation has the node: the caller is a zombie and must stop.
create function hold_node(p_run_id text, p_node_id text, p_fence bigint) returns void
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from sessions where id = p_run_id for no key update;
  perform from run_nodes where id = p_node_id and fence = p_fence and status = 'running' for update;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
end $$;

-- A turn updates its node and its run three times each. With room on the page, and with no index over what such an update changes, the new row needs no entry in any
-- index. What the sweeper reads is every node at work, once a minute; it sorts them itself.
create index run_nodes_at_work on run_nodes (id) where status in ('pending', 'running');
drop index run_nodes_stalled;
alter table run_nodes set (fillfactor = 60);
alter table sessions set (fillfactor = 60);

-- Every row of the outbox is inserted and deleted within seconds: it is vacuumed by the number of dead rows, not by a share of the few that live.
alter table outbox set (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);
