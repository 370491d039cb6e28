-- Up Migration

-- Runs (a sprint is a run whose graph is the team). The seed's table, with what a durable run needs beside it.
-- graph_data: {"nodes": [{"name", "worker", "depends_on"}], "edges": [{"source", "target"}]}; each node's state is a row of run_nodes.
create table sessions (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  kind text not null default 'run' check (kind in ('sprint', 'run')),
  query text not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'waiting_input', 'completed', 'failed', 'cancelled', 'cost_exceeded')),
  agent_type text,
  team text[] not null default '{}',
  github_repo text,
  graph_data jsonb not null default '{}',
  node_outputs jsonb default '{}',
  result text,
  cost numeric(20,10) not null default 0 check (cost >= 0),
  reserved numeric(20,10) not null default 0 check (reserved >= 0),
  budget_usd numeric(20,10) check (budget_usd > 0),
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cached_tokens bigint not null default 0,
  model_used text,
  error text,
  engine_version integer not null default 1,
  event_seq bigint not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  remme_scanned boolean not null default false,
  metadata jsonb default '{}'
);
create index idx_sessions_user on sessions (tenant_id, user_id);
create index idx_sessions_created on sessions (tenant_id, created_at desc, id desc);
create index idx_sessions_status on sessions (tenant_id, status);
create index idx_sessions_unscanned on sessions (user_id) where not remme_scanned;
create index idx_sessions_active on sessions (created_at) where status in ('queued', 'running', 'waiting_input');
select protect_tenant_table('sessions', 'select, insert, update, delete');

-- One node of a run's graph. `generation` numbers the tasks that may run it, `fence` the claims; every write of a claim matches its fence.
create table run_nodes (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null references sessions (id) on delete cascade,
  name text not null,
  worker text not null,
  position integer not null,
  instruction text,
  depends_on text[] not null default '{}',
  status text not null default 'pending'
    check (status in ('pending', 'running', 'waiting_input', 'completed', 'failed', 'skipped', 'cancelled', 'cost_exceeded')),
  generation integer not null default 0,
  fence bigint not null default 0,
  lease_until timestamptz,
  holder text,
  attempts integer not null default 0,
  wake_at timestamptz,
  -- When its last task was written; a task that is lost is rung again some time after.
  rung_at timestamptz,
  turn integer not null default 0,
  prompt jsonb,
  result text,
  error text,
  provider text,
  model text,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cached_tokens bigint not null default 0,
  cost numeric(20,10) not null default 0,
  reserved numeric(20,10) not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  unique (run_id, name)
);
create index run_nodes_by_run on run_nodes (tenant_id, run_id, position);
-- What the sweeper reads: nodes that a claim, a wake-up time or a task should move, and no others.
create index run_nodes_stalled on run_nodes (coalesce(wake_at, lease_until, rung_at))
  where status in ('pending', 'running') and rung_at is not null;
select protect_tenant_table('run_nodes', 'select, insert, update, delete');

-- A model's answer, recorded once by (node, turn).
create table model_turns (
  node_id text not null references run_nodes (id) on delete cascade,
  turn integer not null,
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null references sessions (id) on delete cascade,
  provider text not null,
  model text not null,
  response jsonb not null,
  cost numeric(20,10) not null,
  duration_ms integer not null,
  created_at timestamptz not null default now(),
  primary key (node_id, turn)
);
create index model_turns_by_run on model_turns (tenant_id, run_id);
select protect_tenant_table('model_turns', 'select, insert, delete');

-- A tool call, recorded once by (node, turn, index). `started` without a result after a crash: done again where the tool is safe to
-- repeat, else answered as unknown.
create table tool_calls (
  node_id text not null references run_nodes (id) on delete cascade,
  turn integer not null,
  call_index integer not null,
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null references sessions (id) on delete cascade,
  call_id text not null,
  name text not null,
  arguments jsonb not null,
  status text not null check (status in ('started', 'waiting', 'completed')),
  output text,
  is_error boolean not null default false,
  attempts integer not null default 1,
  started_at timestamptz not null default now(),
  completed_at timestamptz,
  primary key (node_id, turn, call_index),
  check ((status = 'completed') = (output is not null))
);
create index tool_calls_by_run on tool_calls (tenant_id, run_id);
select protect_tenant_table('tool_calls', 'select, insert, update, delete');

-- What happened in a run, without gaps in `seq` and in commit order: the number is taken under the run's row lock.
create table run_events (
  run_id text not null references sessions (id) on delete cascade,
  seq bigint not null,
  tenant_id text not null references tenants (id) on delete cascade,
  type text not null,
  level text not null check (level in ('debug', 'info', 'warning', 'error')),
  source text not null,
  message text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (run_id, seq)
);
create index run_events_by_tenant on run_events (tenant_id, run_id, seq);
select protect_tenant_table('run_events', 'select, insert, delete');

-- Messages between the workers of a run. Delivered once, in the transaction that records the reading call's result.
create table run_messages (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null references sessions (id) on delete cascade,
  from_worker text not null,
  to_worker text not null,
  content text not null,
  -- The tool call that sent it; a repeated call sends once.
  sent_by text not null,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  unique (run_id, sent_by)
);
create index run_messages_inbox on run_messages (tenant_id, run_id, to_worker, id);
select protect_tenant_table('run_messages', 'select, insert, update, delete');

-- A run's files: rows over content-addressed blobs under the tenant's prefix of the object store.
create table run_files (
  run_id text not null references sessions (id) on delete cascade,
  path text not null check (length(path) between 1 and 1024),
  tenant_id text not null references tenants (id) on delete cascade,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  mode text not null default 'regular' check (mode in ('regular', 'executable')),
  version integer not null default 1,
  updated_by text not null,
  updated_at timestamptz not null default now(),
  primary key (run_id, path)
);
create index run_files_by_tenant on run_files (tenant_id, run_id, path);
create index run_files_by_blob on run_files (tenant_id, sha256);
select protect_tenant_table('run_files', 'select, insert, update, delete');

-- Tasks to create, written in the transaction of the change that they follow from. The row goes when the queue has taken the task over.
create table outbox (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  task_name text not null unique,
  queue text not null,
  step text not null,
  payload jsonb not null,
  not_before timestamptz,
  created_at timestamptz not null default now(),
  tried_at timestamptz,
  tries integer not null default 0
);
create index outbox_unsent on outbox (coalesce(tried_at, created_at));
select protect_tenant_table('outbox', 'select, insert');

-- Every model call's tokens and money: turns, failed attempts, embeddings, extractions.
create table usage_ledger (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  run_id text,
  node_id text,
  kind text not null check (kind in ('turn', 'attempt', 'embedding', 'extraction')),
  -- What was paid for, so that a repeated delivery books once.
  reference text not null,
  provider text not null,
  model text not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_tokens bigint not null,
  cost numeric(20,10) not null check (cost >= 0),
  created_at timestamptz not null default now(),
  unique (tenant_id, kind, reference)
);
create index usage_ledger_by_day on usage_ledger (tenant_id, created_at);
create index usage_ledger_by_run on usage_ledger (tenant_id, run_id);
select protect_tenant_table('usage_ledger', 'select, insert');

-- Appends events to a run and tells listeners. `p_events`: [{type, level, source, message, data}]. Returns the last number.
create function append_run_events(p_run_id text, p_events jsonb) returns bigint
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  last bigint;
  owner text;
  added integer := jsonb_array_length(p_events);
begin
  update sessions set event_seq = event_seq + added where id = p_run_id returning event_seq, tenant_id into last, owner;
  if not found then
    return null;
  end if;
  insert into run_events (run_id, seq, tenant_id, type, level, source, message, data)
  select p_run_id, last - added + e.number, owner, e.event ->> 'type', e.event ->> 'level', e.event ->> 'source',
    left(e.event ->> 'message', 20000), coalesce(e.event -> 'data', '{}'::jsonb)
  from jsonb_array_elements(p_events) with ordinality as e (event, number);
  perform pg_notify('run_events', p_run_id);
  return last;
end $$;

-- Tasks that nobody created for `p_older_than`, oldest first; marks the try, so that two sweepers do not take the same.
create function claim_unsent_tasks(p_older_than interval, p_limit integer)
returns setof outbox language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  update outbox set tried_at = now(), tries = tries + 1
  where id = any (array(
    select id from outbox where coalesce(tried_at, created_at) <= now() - p_older_than
    order by coalesce(tried_at, created_at) limit p_limit for update skip locked))
  returning *;
$$;

-- The queue has these tasks now.
create function release_tasks(p_task_names text[]) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  delete from outbox where task_name = any (p_task_names);
$$;

-- Locks a node for the claim that holds this fence. Every write of a claim starts with it, in the same transaction.
-- Errors: AF000 when a newer claim or a cancellation has the node: the caller is a zombie and must stop.
create function hold_node(p_node_id text, p_fence bigint) returns void
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from run_nodes where id = p_node_id and fence = p_fence and status = 'running' for update;
  if not found then
    perform refuse('AF000', 'the node belongs to a newer claim');
  end if;
end $$;

-- Writes the next task of a node: the lease ends, older tasks become no-ops by their generation. `p_wake_at` lets it come later, and
-- earlier when somebody rings meanwhile. Only nodes that are not at an end ring. Returns the task, for the doorbell after the commit.
create function ring_node(p_node_id text, p_wake_at timestamptz default null)
returns table (task_name text, payload jsonb, not_before timestamptz)
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
declare
  node run_nodes%rowtype;
begin
  update run_nodes set generation = generation + 1, lease_until = null, wake_at = p_wake_at, rung_at = now()
  where id = p_node_id and status in ('pending', 'running')
  returning * into node;
  if not found then
    return;
  end if;
  return query insert into outbox as o (tenant_id, task_name, queue, step, payload, not_before)
  values (node.tenant_id,
    left(encode(sha256(convert_to('runs-take-turn ' || node.id || ':' || node.generation, 'UTF8')), 'hex'), 40),
    'model', 'runs-take-turn',
    jsonb_build_object('tenant_id', node.tenant_id, 'run_id', node.run_id, 'node_id', node.id, 'generation', node.generation),
    p_wake_at)
  on conflict on constraint outbox_task_name_key do nothing
  returning o.task_name, o.payload, o.not_before;
end $$;

-- Nodes that should move and do not, of all tenants: a lease or a wake-up time that has passed, or a task that never came. `p_grace` keeps
-- the sweeper from racing tasks that are merely on their way.
create function list_stalled_nodes(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text, node_id text, generation integer, reason text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select n.tenant_id, n.run_id, n.id, n.generation,
    case when n.wake_at is not null then 'wake_up_missed' when n.lease_until is not null then 'lease_expired' else 'task_lost' end
  from run_nodes n
  where n.status in ('pending', 'running') and n.rung_at is not null
    and coalesce(n.wake_at, n.lease_until, n.rung_at) < now()
    and (n.lease_until is not null or coalesce(n.wake_at, n.rung_at) < now() - p_grace)
  order by coalesce(n.wake_at, n.lease_until, n.rung_at) limit p_limit;
$$;

-- Who holds leases that have not expired, of all tenants.
create function list_lease_holders() returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select distinct holder from run_nodes where status = 'running' and lease_until > now() and holder is not null;
$$;

-- Ends the leases of holders that are known to be dead; the sweeper rings their nodes. Answers how many.
create function expire_leases(p_holders text[]) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with expired as (update run_nodes set lease_until = now() - interval '1 millisecond'
    where status = 'running' and lease_until > now() and holder = any (p_holders) returning 1)
  select count(*)::integer from expired;
$$;

-- Runs that are not at an end and have no node that anything will move: their settling was lost.
create function list_unsettled_runs(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from sessions s
  where s.status in ('queued', 'running') and s.created_at < now() - p_grace
    and not exists (select from run_nodes n where n.run_id = s.id
      and (n.status in ('running', 'waiting_input') or (n.status = 'pending' and n.rung_at is not null)
        or n.completed_at > now() - p_grace))
  order by s.created_at limit p_limit;
$$;

alter function claim_unsent_tasks(interval, integer) owner to apexflow_definer;
alter function release_tasks(text[]) owner to apexflow_definer;
alter function list_stalled_nodes(interval, integer) owner to apexflow_definer;
alter function list_unsettled_runs(interval, integer) owner to apexflow_definer;
alter function list_lease_holders() owner to apexflow_definer;
alter function expire_leases(text[]) owner to apexflow_definer;
revoke all on function claim_unsent_tasks(interval, integer), release_tasks(text[]), list_stalled_nodes(interval, integer), list_unsettled_runs(interval, integer),
  list_lease_holders(), expire_leases(text[]) from public;
grant execute on function claim_unsent_tasks(interval, integer), release_tasks(text[]), list_stalled_nodes(interval, integer), list_unsettled_runs(interval, integer),
  list_lease_holders(), expire_leases(text[]) to apexflow_runtime;
