-- What calls of models and services cost, and what is reserved for calls under way.

-- The tokens and the cost of every paid call: turns, failed attempts, embeddings, extractions, web searches.
create table usage_ledger (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  run_id text,
  node_id text,
  kind text not null check (kind in ('turn', 'attempt', 'embedding', 'extraction', 'search')),
  -- What was paid for, so that a repeated delivery books it once.
  reference text not null,
  provider text not null,
  model text not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  cached_tokens bigint not null,
  cost numeric(20,10) not null check (cost >= 0),
  -- Whether tokens were estimated, because the provider did not count them.
  estimated boolean not null default false,
  -- Where the price is from: functions/platform/models/prices.ts.
  price text not null default 'list' check (price in ('list', 'configured', 'upper_bound', 'free')),
  created_at timestamptz not null default now(),
  unique (tenant_id, kind, reference)
);
create index usage_ledger_by_day on usage_ledger (tenant_id, created_at);
create index usage_ledger_by_run on usage_ledger (tenant_id, run_id);
select protect_tenant_table('usage_ledger', 'select, insert');

-- The sums of the ledger for each day in UTC. The trigger below writes them in the transaction of each ledger line and
-- nothing else does, so both always agree. A reservation reads these few rows however long the ledger is. Slots keep
-- the calls of different runs from waiting for the same row.
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
  -- The calls whose tokens were estimated.
  estimated_calls bigint not null default 0,
  primary key (tenant_id, day, slot, user_id, kind, provider, model)
);
select protect_tenant_table('usage_days', 'select');
create trigger usage_ledger_counts after insert on usage_ledger for each row execute function count_usage();

-- The most that a call under way can cost, from before it starts until it is booked. When its process died, the
-- reservation is written off after expires_at: the cost is unknown, so the amount counts against the budget of the run
-- for good (sessions.cost_unknown) and against the budget of the tenant for that day.
create table call_reservations (
  tenant_id text not null references tenants (id) on delete cascade,
  reference text not null,
  run_id text references sessions (id) on delete cascade,
  amount numeric(20,10) not null check (amount >= 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  written_off_at timestamptz,
  primary key (tenant_id, reference)
) with (
  -- A row lives as long as a call, and every reservation reads past the dead rows until they are vacuumed.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 500
);
create index call_reservations_by_run on call_reservations (run_id);
create index call_reservations_open on call_reservations (expires_at) where written_off_at is null;
create index call_reservations_written_off on call_reservations (written_off_at) where written_off_at is not null;
select protect_tenant_table('call_reservations', 'select, insert, update, delete');
