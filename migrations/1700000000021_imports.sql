-- Data of other systems that users bring along: their conversations, knowledge and memory.

-- What an upload is for. A JSON file for an import may be larger, and cannot be attached to a message.
alter table uploads add column purpose text not null default 'message' check (purpose in ('message', 'import'));

-- An import: pending → completed, failed or cancelled. It waits or is worked on while it is pending; attempts is the
-- fence of its claim. file and item are the checkpoint: what stands before them is written and reported.
create table imports (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'completed', 'failed', 'cancelled')),
  dry_run boolean not null,
  -- The names stay readable when the uploads are gone.
  upload_ids text[] not null,
  filenames text[] not null,
  bytes_total bigint not null,
  bytes_done bigint not null default 0,
  file integer not null default 0,
  item integer not null default 0,
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  error text,
  created_at timestamptz not null default now(),
  -- The last change of the claim.
  updated_at timestamptz not null default now(),
  started_at timestamptz,
  completed_at timestamptz
);
-- A user has one import at work, so that two do not write the same things. A dry run writes nothing.
create unique index imports_at_work on imports (tenant_id, user_id) where status = 'pending' and not dry_run;
create index imports_pending on imports (updated_at) where status = 'pending';
create index imports_of_user on imports (tenant_id, user_id, created_at desc, id desc);
create index imports_by_user on imports (user_id);
select protect_tenant_table('imports', 'select, insert, update');

-- The report: a line for each item of each file. The hash tells items with the same id in one file apart.
create table import_items (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  import_id text not null references imports (id) on delete cascade,
  file integer not null,
  item integer not null,
  kind text not null,
  source_id text not null,
  title text not null,
  outcome text not null
    check (outcome in ('created', 'updated', 'unchanged', 'skipped', 'not_imported', 'failed')),
  reason text,
  target_id text,
  hash text,
  primary key (import_id, file, item)
);
create index import_items_by_tenant on import_items (tenant_id, import_id);
create index import_items_by_user on import_items (user_id);
create index import_items_by_source on import_items (import_id, file, kind, source_id);
create index import_items_by_target on import_items (tenant_id, target_id) where target_id is not null;
select protect_tenant_table('import_items', 'select, insert');

-- What became of each item of a source: our id, and a hash of the item as it was imported last. An item that is
-- imported again finds itself here. rest: what the item has that this product has no place for; nothing is lost.
create table import_mappings (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  kind text not null,
  source_id text not null,
  target_id text not null,
  hash text not null,
  rest jsonb not null default '{}',
  imported_at timestamptz not null default now(),
  primary key (user_id, kind, source_id)
);
create index import_mappings_by_tenant on import_mappings (tenant_id, user_id);
create index import_mappings_by_target on import_mappings (tenant_id, target_id);
select protect_tenant_table('import_mappings', 'select, insert, update, delete');

-- Imports are private, as what they write is.
create policy own_only on imports as restrictive to apexflow_runtime
  using (current_user_id() is null or user_id = current_user_id());
create policy own_only on import_items as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());
create policy own_only on import_mappings as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

create trigger forget_imported after delete on chat_sessions referencing old table as gone
  for each statement execute function forget_imported();
create trigger forget_imported after delete on village_knowledge referencing old table as gone
  for each statement execute function forget_imported();
create trigger forget_imported after delete on memories referencing old table as gone
  for each statement execute function forget_imported();
