-- The technical kernel: rate limits, idempotency, the outbox of the queue, and dead letters.

-- Token buckets of public routes and of failed sign-ins. A timer deletes buckets that are full again.
create table rate_limits (
  bucket text primary key,
  tokens double precision not null,
  updated_at timestamptz not null default now()
);
create index rate_limits_by_age on rate_limits (updated_at);
grant select, insert, update, delete on rate_limits to apexflow_runtime;
grant select, delete on rate_limits to apexflow_definer;

-- Answers of requests with an Idempotency-Key, for repeated requests. status is null while the first request is
-- running.
create table idempotency_keys (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  -- The method and the path with its parameters.
  route text not null,
  key text not null check (length(key) between 1 and 255),
  body_hash text not null,
  status integer,
  -- Not jsonb, which would change the order of fields.
  body json,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
select protect_tenant_table('idempotency_keys', 'select, insert, update, delete');

-- Tasks to create, written in the transaction of the change that they follow from. The row is deleted when the queue
-- has accepted the task.
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
) with (
  -- Every row is inserted and deleted within seconds, so the table is vacuumed by the number of dead rows and not by
  -- their share of the few live ones.
  autovacuum_vacuum_threshold = 2000,
  autovacuum_vacuum_scale_factor = 0
);
-- The sweeper finds the tenants with waiting tasks and the oldest task of each (claim_unsent_tasks).
create index outbox_by_tenant on outbox (tenant_id, coalesce(tried_at, created_at));
select protect_tenant_table('outbox', 'select, insert');

-- Tasks whose attempts failed, one row for each step and payload. died_at is set when no attempt is left.
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
