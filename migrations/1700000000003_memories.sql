-- Up Migration

-- Facts. `embedder` names what made the vector, so that vectors of two embedders are never compared. `valid_*` is when it was true,
-- `recorded_at` when we learned it. Untrusted facts are seen by the person they were learned for and by no one else.
create table memories (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  text text not null check (length(text) between 1 and 4000),
  category text not null default 'general',
  scope text not null default 'tenant' check (scope in ('tenant', 'sprint', 'worker', 'user')),
  scope_id text not null default '',
  source text,
  source_kind text not null check (source_kind in ('person', 'run', 'tool', 'document', 'web', 'import')),
  source_id text,
  author text not null,
  trust text not null check (trust in ('trusted', 'untrusted')),
  embedding vector(768) not null,
  embedder text not null,
  confidence real default 1.0 check (confidence between 0 and 1),
  valid_from timestamptz not null default now(),
  valid_to timestamptz,
  recorded_at timestamptz not null default now(),
  superseded_by text,
  content_tsv tsvector generated always as (to_tsvector('english', text)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  metadata jsonb default '{}'
);
-- A 768-vector inline is 3 to 4 times faster to scan than one in the TOAST table.
alter table memories alter column embedding set storage plain;
create index idx_memories_user on memories (tenant_id, user_id);
create index idx_memories_category on memories (tenant_id, user_id, category);
create index idx_memories_scope on memories (tenant_id, scope, scope_id);
create index idx_memories_created on memories (tenant_id, created_at desc, id desc);
create index idx_memories_fts on memories using gin (content_tsv);
-- The same fact of the same scope is one row.
create unique index memories_once on memories (tenant_id, user_id, scope, scope_id, md5(lower(text))) where superseded_by is null;
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: scripts/create-scann-indexes.sql makes the index on memories';
  else
    create index idx_memories_embedding on memories using ivfflat (embedding vector_cosine_ops) with (lists = 50);
  end if;
end $$;
select protect_tenant_table('memories', 'select, insert, update, delete');
