-- The tombstones of deleted runs, so that a client that shows runs learns that one is gone. It has the id alone. A
-- timer deletes old ones.
create table deleted_runs (
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null,
  deleted_at timestamptz not null default now(),
  primary key (tenant_id, run_id)
);
create index deleted_runs_recent on deleted_runs (tenant_id, deleted_at);
create index deleted_runs_by_age on deleted_runs (deleted_at);
select protect_tenant_table('deleted_runs', 'select, insert');
