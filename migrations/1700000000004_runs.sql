-- Runs: durable graphs of nodes that workers execute turn by turn, with their files and the log of their sandbox.

-- A run. A sprint is a run whose graph is the team. It has the columns of the seed's table and what a durable run
-- needs. graph_data: {"nodes": [{"name", "worker", "depends_on"}], "edges": [{"source", "target"}]}. The state of each
-- node is a row of run_nodes.
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
  -- The number of the run's last event.
  event_seq bigint not null default 0,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  -- Whether the run was read for the user's preferences.
  remme_scanned boolean not null default false,
  metadata jsonb default '{}',
  -- Hosts that commands and web tools of the run may reach.
  allowed_hosts text[] not null default '{}',
  -- Null while the run waits for one of its tenant's slots.
  admitted_at timestamptz default now(),
  -- Whether nodes of the run wait, because the tenant has the maximum of nodes at work.
  waits_for_slot boolean not null default false,
  -- The run that this run repeats, and the node from which it does; without a node it repeats all of it.
  replay_of text,
  replay_from text,
  -- The most that calls with an unknown outcome may have cost. It counts against the budget beside cost, which is
  -- exact.
  cost_unknown numeric(20,10) not null default 0 check (cost_unknown >= 0),
  -- Rows of a run reference both columns: one foreign key shows that the run exists and that it is the tenant's.
  unique (tenant_id, id)
) with (
  -- A turn updates its run and its node three times each. With room on the page, and no index on a column that such an
  -- update changes, the new row version needs no index entry (HOT update).
  fillfactor = 60
);
create index idx_sessions_user on sessions (tenant_id, user_id);
create index idx_sessions_created on sessions (tenant_id, created_at desc, id desc);
create index idx_sessions_status on sessions (tenant_id, status);
create index sessions_ended on sessions (tenant_id, completed_at) where completed_at is not null;
create index idx_sessions_unscanned on sessions (user_id) where not remme_scanned;
create index idx_sessions_active on sessions (created_at) where status in ('queued', 'running', 'waiting_input');
create index sessions_waiting on sessions (tenant_id, created_at)
  where status in ('queued', 'running', 'waiting_input') and (admitted_at is null or waits_for_slot);
create index sessions_replays on sessions (tenant_id, replay_of) where replay_of is not null;
select protect_tenant_table('sessions', 'select, insert, update, delete');

-- A node of a run's graph. generation numbers the tasks that may run the node, fence its claims; every write of a claim
-- checks its fence.
create table run_nodes (
  id text primary key,
  tenant_id text not null,
  run_id text not null,
  name text not null,
  worker text not null,
  position integer not null,
  instruction text,
  depends_on text[] not null default '{}',
  status text not null default 'pending'
    check (status in ('pending', 'running', 'waiting_input', 'completed', 'failed', 'skipped', 'cancelled',
      'cost_exceeded')),
  generation integer not null default 0,
  fence bigint not null default 0,
  lease_until timestamptz,
  holder text,
  attempts integer not null default 0,
  -- How long the turn has waited for a model's server that takes no requests.
  postponed_seconds integer not null default 0,
  wake_at timestamptz,
  -- When the node's last task was written. The sweeper rings a node again whose task was lost.
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
  -- The budget that covers the next model call only when other calls have ended. 'woken': some have, so the node tries
  -- again.
  waits_for_budget text check (waits_for_budget in ('run', 'day', 'woken')),
  -- While it sleeps for that: the step and the queue of the task that wakes it.
  wake_task jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz,
  unique (run_id, name),
  unique (tenant_id, run_id, id),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
) with (fillfactor = 60);
-- The sweeper reads all nodes at work once a minute. An index on their times would cost every turn an index entry.
create index run_nodes_at_work on run_nodes (id) where status in ('pending', 'running');
-- Every released reservation looks for waiting nodes; usually there are none.
create index run_nodes_waiting_for_budget on run_nodes (tenant_id)
  where status = 'running' and waits_for_budget in ('run', 'day');
select protect_tenant_table('run_nodes', 'select, insert, update, delete');

-- The answer of a model, recorded once for each node and turn.
create table model_turns (
  node_id text not null,
  turn integer not null,
  tenant_id text not null,
  run_id text not null,
  provider text not null,
  model text not null,
  response jsonb not null,
  cost numeric(20,10) not null,
  duration_ms integer not null,
  created_at timestamptz not null default now(),
  primary key (node_id, turn),
  foreign key (tenant_id, run_id, node_id) references run_nodes (tenant_id, run_id, id) on delete cascade
);
create index model_turns_by_run on model_turns (tenant_id, run_id);
select protect_tenant_table('model_turns', 'select, insert, delete');

-- A tool call, recorded once for each node, turn and index. A call that is still 'started' after a crash is repeated
-- when the tool is safe to repeat; else the model is told that the outcome is unknown.
create table tool_calls (
  node_id text not null,
  turn integer not null,
  call_index integer not null,
  tenant_id text not null,
  run_id text not null,
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
  foreign key (tenant_id, run_id, node_id) references run_nodes (tenant_id, run_id, id) on delete cascade,
  check ((status = 'completed') = (output is not null))
);
create index tool_calls_by_run on tool_calls (tenant_id, run_id);
-- Which runs read a web page: reverting a page as a source also reverts what these runs learned.
create index tool_calls_by_page on tool_calls (tenant_id, (arguments ->> 'url')) where name = 'web_fetch';
select protect_tenant_table('tool_calls', 'select, insert, update, delete');

-- The events of a run. seq has no gaps and follows the order of the commits, because append_run_events locks the run.
create table run_events (
  run_id text not null,
  seq bigint not null,
  tenant_id text not null,
  type text not null,
  level text not null check (level in ('debug', 'info', 'warning', 'error')),
  source text not null,
  message text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, run_id, seq),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
select protect_tenant_table('run_events', 'select, insert, delete');

-- Messages between the workers of a run. Each is delivered once, in the transaction that records the result of the call
-- that reads it.
create table run_messages (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  run_id text not null,
  from_worker text not null,
  to_worker text not null,
  content text not null,
  -- The tool call that sent the message; a repeated call sends it once.
  sent_by text not null,
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  unique (run_id, sent_by),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
create index run_messages_inbox on run_messages (tenant_id, run_id, to_worker, id);
select protect_tenant_table('run_messages', 'select, insert, update, delete');

-- The blobs of a tenant. A blob has its row before it is stored and until it is removed, so a blob without a file is
-- found. The rows stay when the tenant is deleted, for the same reason.
create table run_blobs (
  tenant_id text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  -- The last time that a caller stored this content.
  stored_at timestamptz not null default now(),
  primary key (tenant_id, sha256)
);
create index run_blobs_by_age on run_blobs (stored_at);
select protect_tenant_table('run_blobs', 'select, insert, update, delete');
grant select on run_blobs to apexflow_definer;

-- The files of a run. The contents are content-addressed blobs under the tenant's prefix of the object store. A
-- generated folder, such as an environment, is one row: its path ends with a slash, its blob holds the packed folder.
create table run_files (
  run_id text not null,
  path text not null check (length(path) between 1 and 1024),
  tenant_id text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  mode text not null default 'regular' check (mode in ('regular', 'executable', 'folder')),
  version integer not null default 1,
  updated_by text not null,
  updated_at timestamptz not null default now(),
  primary key (run_id, path),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
create index run_files_by_tenant on run_files (tenant_id, run_id, path);
create index run_files_by_blob on run_files (tenant_id, sha256);
select protect_tenant_table('run_files', 'select, insert, update, delete');

-- The versions of each file of a run, written by a trigger. A deletion has no sha256. kept: the blob is kept for this
-- version.
create table run_file_versions (
  id bigint generated always as identity,
  tenant_id text not null,
  run_id text not null,
  path text not null,
  number integer not null,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  mode text not null check (mode in ('regular', 'executable')),
  updated_by text,
  -- The call that made the change.
  node text,
  turn integer,
  -- Whether a later version exists.
  former boolean not null default false,
  kept boolean not null default true,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, run_id, path, number),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
create index run_file_versions_former on run_file_versions (run_id, id) where kept and former;
create index run_file_versions_by_blob on run_file_versions (tenant_id, sha256) where kept;
select protect_tenant_table('run_file_versions', 'select, insert, update');
grant select on run_file_versions to apexflow_definer;
create trigger run_files_added after insert on run_files referencing new table as changed_files
  for each statement execute function keep_file_versions();
create trigger run_files_changed after update on run_files referencing new table as changed_files
  for each statement execute function keep_file_versions();
create trigger run_files_removed after delete on run_files referencing old table as changed_files
  for each statement execute function keep_file_versions();

-- A question to the user: by a worker ('question'), or by the engine before a tool call that needs approval
-- ('approval', with the exact arguments). Asked once for each node, turn and call, and answered once.
create table run_questions (
  id text primary key,
  tenant_id text not null,
  run_id text not null,
  node_id text not null,
  turn integer not null,
  call_index integer not null,
  kind text not null check (kind in ('question', 'approval')),
  text text not null,
  options text[] not null default '{}',
  tool text not null,
  arguments jsonb not null,
  details text,
  fingerprint text,
  status text not null default 'open' check (status in ('open', 'answered', 'expired', 'withdrawn')),
  answer text,
  approved boolean,
  answered_by text,
  answered_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (tenant_id, run_id, node_id) references run_nodes (tenant_id, run_id, id) on delete cascade,
  check ((status = 'answered') = (answer is not null)),
  check (approved is null or (kind = 'approval' and status = 'answered'))
);
create unique index run_questions_open on run_questions (node_id) where status = 'open';
-- A call asks again when what was approved has changed since; its last question counts.
create index run_questions_by_call on run_questions (node_id, turn, call_index, created_at);
create index run_questions_by_run on run_questions (tenant_id, run_id, created_at);
create index run_questions_inbox on run_questions (tenant_id, created_at desc, id desc) where status = 'open';
create index run_questions_expiring on run_questions (expires_at) where status = 'open';
select protect_tenant_table('run_questions', 'select, insert, update, delete');

-- Security-relevant events of the sandbox. Append-only. It holds the hash of code and never the code.
create table security_logs (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  session_id text,
  action text not null,
  detail text,
  code_snippet text,
  created_at timestamptz not null default now()
);
create index idx_security_created on security_logs (created_at desc);
create index idx_security_tenant on security_logs (tenant_id, created_at desc);
select protect_tenant_table('security_logs', 'select, insert');
