-- Up Migration

-- What was spent on a day (UTC), in the transaction of each line of the ledger and by nobody else: the sum of a day's rows is the sum of its lines. A
-- reservation reads these few rows, however many lines there are. Slots keep the calls of different runs from waiting for one row.
create table usage_days (
  tenant_id text not null references tenants (id) on delete cascade,
  day date not null,
  slot integer not null,
  user_id text not null,
  kind text not null,
  provider text not null,
  model text not null,
  calls bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_tokens bigint not null,
  cost numeric(30,10) not null check (cost >= 0),
  primary key (tenant_id, day, slot, user_id, kind, provider, model)
);
select protect_tenant_table('usage_days', 'select');

insert into usage_days (tenant_id, day, slot, user_id, kind, provider, model, calls, input_tokens, output_tokens, cached_tokens, cost)
select tenant_id, (created_at at time zone 'UTC')::date, 0, user_id, kind, provider, model,
  count(*), sum(input_tokens), sum(output_tokens), sum(cached_tokens), sum(cost)
from usage_ledger group by 1, 2, 3, 4, 5, 6, 7;

create function count_usage() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into usage_days as d (tenant_id, day, slot, user_id, kind, provider, model, calls, input_tokens, output_tokens, cached_tokens, cost)
  values (new.tenant_id, (new.created_at at time zone 'UTC')::date, abs(hashtext(coalesce(new.run_id, new.reference)) % 16), new.user_id, new.kind,
    new.provider, new.model, 1, new.input_tokens, new.output_tokens, new.cached_tokens, new.cost)
  on conflict (tenant_id, day, slot, user_id, kind, provider, model) do update set calls = d.calls + 1,
    input_tokens = d.input_tokens + excluded.input_tokens, output_tokens = d.output_tokens + excluded.output_tokens,
    cached_tokens = d.cached_tokens + excluded.cached_tokens, cost = d.cost + excluded.cost;
  return null;
end $$;
create trigger usage_ledger_counts after insert on usage_ledger for each row execute function count_usage();

-- The most that a call under way can cost, from before it starts until it is settled. Where nobody settles it (its process died), it is written off after
-- `expires_at`: what it cost is not known, so it counts against the run's budget for good (`sessions.cost_unknown`) and against its tenant's for that day.
create table call_reservations (
  tenant_id text not null references tenants (id) on delete cascade,
  reference text not null,
  run_id text references sessions (id) on delete cascade,
  amount numeric(20,10) not null check (amount >= 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  written_off_at timestamptz,
  primary key (tenant_id, reference)
);
create index call_reservations_by_run on call_reservations (run_id);
create index call_reservations_open on call_reservations (expires_at) where written_off_at is null;
create index call_reservations_written_off on call_reservations (written_off_at) where written_off_at is not null;
select protect_tenant_table('call_reservations', 'select, insert, update, delete');
-- A row lives as long as a call: what is left of the dead ones is read by every reservation until it is vacuumed.
alter table call_reservations set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- The most that calls of this run may have cost whose outcome nobody knows. Beside `cost`, which is exact.
alter table sessions add column cost_unknown numeric(20,10) not null default 0 check (cost_unknown >= 0);

-- Claims of a session that ended because its tenant's day was paid up; they are no failed tries.
alter table memory_sessions add column postponements integer not null default 0;

-- Midnight of today in UTC, whatever the session's time zone.
create function day_started_at() returns timestamptz language sql stable
  return date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';

-- Reserves the most that a call can cost: `reserved`; `unlimited` where neither the run nor the tenant has a budget; `run` or `day` for the budget that does
-- not cover it. A run that was cancelled or is over its budget buys nothing more. Calls of a run reserve one after the other under its lock, those of a
-- tenant with a budget under the tenant's, so that they cannot overdraw together.
create function reserve_call(p_run_id text, p_reference text, p_amount numeric, p_seconds double precision) returns text
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  run sessions%rowtype;
  day_budget numeric;
begin
  if p_run_id is not null then
    select * into run from sessions where id = p_run_id for no key update;
    if not found then
      p_run_id := null; -- It was deleted; what is still learned from it is its tenant's.
    end if;
    if run.status in ('cancelled', 'cost_exceeded') then
      return 'run';
    end if;
  end if;
  select budget_usd_per_day into day_budget from tenants where id = current_tenant_id();
  if run.budget_usd is null and day_budget is null then
    return 'unlimited';
  end if;
  if run.cost + run.cost_unknown + run.reserved + p_amount + (select coalesce(sum(r.amount), 0) from call_reservations r
      where r.run_id = p_run_id and r.written_off_at is null and r.reference <> p_reference) > run.budget_usd then
    return 'run';
  end if;
  if day_budget is not null then
    perform from tenants where id = current_tenant_id() for no key update;
    if p_amount + (select coalesce(sum(d.cost), 0) from usage_days d where d.tenant_id = current_tenant_id() and d.day = (now() at time zone 'UTC')::date)
        + (select coalesce(sum(r.amount), 0) from call_reservations r where r.tenant_id = current_tenant_id() and r.reference <> p_reference
          and (r.written_off_at is null or r.written_off_at >= day_started_at())) > day_budget then
      return 'day';
    end if;
  end if;
  insert into call_reservations (tenant_id, reference, run_id, amount, expires_at)
  values (current_tenant_id(), p_reference, p_run_id, p_amount, now() + make_interval(secs => p_seconds))
  on conflict (tenant_id, reference) do update set amount = excluded.amount, expires_at = excluded.expires_at;
  return 'reserved';
end $$;

-- Returns a reservation; one that was written off is known now after all.
create function release_reservation(p_reference text) returns void
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  released call_reservations%rowtype;
begin
  select * into released from call_reservations where tenant_id = current_tenant_id() and reference = p_reference;
  if not found then
    return;
  end if;
  perform from sessions where id = released.run_id for no key update;
  delete from call_reservations where tenant_id = current_tenant_id() and reference = p_reference returning * into released;
  if released.written_off_at is not null then
    update sessions set cost_unknown = cost_unknown - released.amount where id = released.run_id;
  end if;
end $$;

-- Books a paid call once by its reference, in the ledger, on its node and on its run, whatever their state, and returns what was reserved for it.
-- `p_next_turn`: the call became a turn, and this is the number of the node's next; its tries start anew. Answers whether this call booked it.
create function book_call(p_user_id text, p_run_id text, p_node_id text, p_kind text, p_reference text, p_provider text, p_model text,
  p_input_tokens bigint, p_output_tokens bigint, p_cached_tokens bigint, p_cost numeric, p_reservation text, p_next_turn integer) returns boolean
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  is_new boolean;
begin
  if p_run_id is not null then
    perform from sessions where id = p_run_id for no key update;
  end if;
  -- An answer that could not be recorded is booked as an attempt; whether it was recorded after all is not always known to whom books it.
  insert into usage_ledger (tenant_id, user_id, run_id, node_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost)
  select current_tenant_id(), p_user_id, p_run_id, p_node_id, p_kind, p_reference, p_provider, p_model,
    p_input_tokens, p_output_tokens, p_cached_tokens, p_cost
  where not exists (select from usage_ledger l where l.tenant_id = current_tenant_id() and l.reference = p_reference
    and l.kind = case p_kind when 'turn' then 'attempt' when 'attempt' then 'turn' end)
  on conflict (tenant_id, kind, reference) do nothing;
  is_new := found;
  if p_next_turn is not null then
    update run_nodes set turn = p_next_turn, attempts = 0, input_tokens = input_tokens + case when is_new then p_input_tokens else 0 end,
      output_tokens = output_tokens + case when is_new then p_output_tokens else 0 end,
      cached_tokens = cached_tokens + case when is_new then p_cached_tokens else 0 end, cost = cost + case when is_new then p_cost else 0 end
    where id = p_node_id;
  elsif is_new and p_node_id is not null then
    update run_nodes set input_tokens = input_tokens + p_input_tokens, output_tokens = output_tokens + p_output_tokens,
      cached_tokens = cached_tokens + p_cached_tokens, cost = cost + p_cost
    where id = p_node_id;
  end if;
  if is_new and p_run_id is not null then
    -- A run's tokens are its workers'; its cost is that of every call.
    update sessions set cost = cost + p_cost, input_tokens = input_tokens + case when p_node_id is null then 0 else p_input_tokens end,
      output_tokens = output_tokens + case when p_node_id is null then 0 else p_output_tokens end,
      cached_tokens = cached_tokens + case when p_node_id is null then 0 else p_cached_tokens end
    where id = p_run_id;
  end if;
  if p_reservation is not null then
    perform release_reservation(p_reservation);
  end if;
  return is_new;
end $$;

-- Writes off a reservation whose time is over: nobody will settle it. Answers whether this call did.
create function write_off_reservation(p_reference text) returns boolean
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  lost call_reservations%rowtype;
begin
  select * into lost from call_reservations where tenant_id = current_tenant_id() and reference = p_reference;
  perform from sessions where id = lost.run_id for no key update;
  update call_reservations set written_off_at = now()
  where tenant_id = current_tenant_id() and reference = p_reference and written_off_at is null and expires_at < now()
  returning * into lost;
  if not found then
    return false;
  end if;
  update sessions set cost_unknown = cost_unknown + lost.amount where id = lost.run_id;
  return true;
end $$;

-- Reservations of all tenants that nobody settled in time.
create function list_expired_reservations(p_limit integer) returns table (tenant_id text, reference text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.tenant_id, r.reference, r.run_id from call_reservations r
  where r.written_off_at is null and r.expires_at < now() order by r.expires_at limit p_limit;
$$;

-- Removes what was written off on an earlier day: the run's sum has it, and that day is over.
create function delete_written_off_reservations() returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from call_reservations where written_off_at < day_started_at() returning 1) select count(*)::integer from gone;
$$;

-- Tasks that were tried again, with how often; `died_at` is set when their tries are used up. One row a work: a step and its payload.
create table dead_letters (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  step text not null,
  queue text not null,
  payload jsonb not null,
  -- The hash of step and payload.
  work text not null,
  attempts integer not null default 1,
  error text,
  created_at timestamptz not null default now(),
  tried_at timestamptz not null default now(),
  died_at timestamptz,
  unique (tenant_id, work)
);
create index dead_letters_by_death on dead_letters (tenant_id, died_at desc, id desc) where died_at is not null;
create index dead_letters_of_runs on dead_letters ((payload ->> 'run_id')) where died_at is not null;
create index dead_letters_by_age on dead_letters (tried_at) where died_at is null;
select protect_tenant_table('dead_letters', 'select, insert, update, delete');

-- Nodes that should move and do not, of runs whose engine is one of these; another engine's are left alone.
create function list_stalled_nodes(p_grace interval, p_limit integer, p_oldest_engine integer, p_newest_engine integer)
returns table (tenant_id text, run_id text, node_id text, generation integer, reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.tenant_id, n.run_id, n.node_id, n.generation, n.reason
  from list_stalled_nodes(p_grace, 100000) with ordinality as n (tenant_id, run_id, node_id, generation, reason, number)
  join sessions s on s.id = n.run_id and s.engine_version between p_oldest_engine and p_newest_engine
  order by n.number limit p_limit;
$$;

-- Runs whose settling was lost, of these engines. Not those whose settling is dead: they are ended.
create function list_unsettled_runs(p_grace interval, p_limit integer, p_oldest_engine integer, p_newest_engine integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.tenant_id, r.run_id
  from list_unsettled_runs(p_grace, 100000) with ordinality as r (tenant_id, run_id, number)
  join sessions s on s.id = r.run_id and s.engine_version between p_oldest_engine and p_newest_engine
  where not exists (select from dead_letters d where d.payload ->> 'run_id' = r.run_id and d.died_at is not null and d.step = 'runs-settle-run')
  order by r.number limit p_limit;
$$;

-- Runs that no engine may go on with, and why: their tenant is disabled, or the task that would settle them is dead.
create function list_doomed_runs(p_grace interval, p_limit integer, p_oldest_engine integer, p_newest_engine integer)
returns table (tenant_id text, run_id text, reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.tenant_id, d.run_id, d.reason from (
    select s.tenant_id, s.id as run_id, 'tenant_disabled' as reason from tenants t join sessions s on s.tenant_id = t.id
    where t.disabled_at is not null and s.status in ('queued', 'running', 'waiting_input')
      and s.engine_version between p_oldest_engine and p_newest_engine
    union all
    select r.tenant_id, r.run_id, 'settling_dead'
    from list_unsettled_runs(p_grace, 100000) r join sessions s on s.id = r.run_id and s.engine_version between p_oldest_engine and p_newest_engine
    where exists (select from dead_letters l where l.payload ->> 'run_id' = r.run_id and l.died_at is not null and l.step = 'runs-settle-run')) d
  limit p_limit;
$$;

-- How far behind everything is, over all tenants, in seconds and rows; what is watched and what alarms.
create function measure_engine(p_oldest_engine integer, p_newest_engine integer) returns table (
  oldest_unsent_seconds double precision, oldest_stalled_seconds double precision, longest_transaction_seconds double precision,
  foreign_engine_runs integer, dead_letters integer)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select
    coalesce((select extract(epoch from now() - min(created_at)) from outbox where not_before is null or not_before <= now()), 0)::float8,
    coalesce((select extract(epoch from now() - min(coalesce(wake_at, lease_until, rung_at))) from run_nodes
      where status in ('pending', 'running') and rung_at is not null and coalesce(wake_at, lease_until, rung_at) < now()), 0)::float8,
    coalesce((select extract(epoch from now() - min(xact_start)) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'), 0)::float8,
    (select count(*)::integer from sessions where status in ('queued', 'running', 'waiting_input')
      and engine_version not between p_oldest_engine and p_newest_engine),
    (select count(*)::integer from dead_letters where died_at is not null);
$$;

-- Forgets tries of tasks that have gone on since without another try.
create function delete_old_task_tries(p_older_than interval) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from dead_letters where died_at is null and tried_at < now() - p_older_than returning 1) select count(*)::integer from gone;
$$;

-- Without it the definer sees no transaction of others, and the longest open one is told as 0.
do $$
begin
  grant pg_read_all_stats to apexflow_definer;
exception when others then
  raise notice 'pg_read_all_stats was not granted, so long transactions are not measured: %', sqlerrm;
end $$;

grant create on schema public to apexflow_definer;
alter function count_usage() owner to apexflow_definer;
alter function list_expired_reservations(integer) owner to apexflow_definer;
alter function delete_written_off_reservations() owner to apexflow_definer;
alter function list_stalled_nodes(interval, integer, integer, integer) owner to apexflow_definer;
alter function list_unsettled_runs(interval, integer, integer, integer) owner to apexflow_definer;
alter function list_doomed_runs(interval, integer, integer, integer) owner to apexflow_definer;
alter function measure_engine(integer, integer) owner to apexflow_definer;
alter function delete_old_task_tries(interval) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function count_usage(), list_expired_reservations(integer), delete_written_off_reservations(),
  list_stalled_nodes(interval, integer, integer, integer), list_unsettled_runs(interval, integer, integer, integer),
  list_doomed_runs(interval, integer, integer, integer), measure_engine(integer, integer), delete_old_task_tries(interval) from public;
grant execute on function list_expired_reservations(integer), delete_written_off_reservations(),
  list_stalled_nodes(interval, integer, integer, integer), list_unsettled_runs(interval, integer, integer, integer),
  list_doomed_runs(interval, integer, integer, integer), measure_engine(integer, integer), delete_old_task_tries(interval) to apexflow_runtime;
