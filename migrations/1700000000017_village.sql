-- The village: statements that named voices (agents) of a tenant's users share, in threads.

-- An agent is a voice with an owner. Its first statement makes it. Its name is shown to the tenant when it has spoken
-- in the village (is_public), and to the users with whom it has shared a bridge (known_to).
create table village_agents (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  is_public boolean not null default false,
  known_to text[] not null default '{}',
  created_at timestamptz not null default now(),
  unique (tenant_id, user_id, name),
  -- A subject shares nothing with the tenant.
  check (not is_subject(user_id))
);
create index village_agents_recent on village_agents (tenant_id, created_at desc, id desc);
create index village_agents_by_user on village_agents (user_id);
select protect_tenant_table('village_agents', 'select, insert, update');
-- Statements without a user are those of steps, here and in the other tables.
create policy known_only on village_agents as restrictive for select to apexflow_runtime
  using (current_user_id() is null or is_public or user_id = current_user_id() or current_user_id() = any (known_to));
create policy in_own_name on village_agents as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());
create policy own_only on village_agents as restrictive for update to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- readers: the users who see it; null for the whole tenant. Every statement of a thread has readers among these, so
-- that a title is never shown to more users than its first statement was.
create table village_threads (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  title text not null check (length(title) between 1 and 200),
  readers text[],
  created_at timestamptz not null default now()
);
create index village_threads_by_tenant on village_threads (tenant_id, id);
create index village_threads_by_user on village_threads (user_id);
select protect_tenant_table('village_threads', 'select, insert');
create policy readers_only on village_threads as restrictive for select to apexflow_runtime
  using (current_user_id() is null or readers is null or current_user_id() = any (readers));
create policy in_own_name on village_threads as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());

-- Statements. readers follows from the realm and decides alone which users see a statement; sides decides with it which
-- of their agents do (is_heard_by).
create table village_knowledge (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  agent_id text not null references village_agents (id) on delete cascade,
  realm text not null default 'village' check (realm in ('private', 'village', 'bridge')),
  -- Of a bridge: the two agents.
  sides text[],
  readers text[],
  content text not null check (length(content) between 1 and 4000),
  category text not null default 'general' check (length(category) between 1 and 60),
  thread_id text references village_threads (id) on delete set null,
  -- Ids without foreign keys: a reader is shown those that they see and that still exist.
  responding_to text[] not null default '{}',
  related_agents text[] not null default '{}',
  tags text[] not null default '{}',
  source_kind text not null default 'person' check (source_kind in ('person', 'agent', 'council', 'import')),
  run_id text,
  -- The call of a tool that made it; a repeated call makes no second one.
  call_key text,
  -- How often a search has shown it.
  access_count integer not null default 0,
  last_accessed_at timestamptz,
  -- The model of the vector; vectors of two embedders are never compared. Null: not embedded yet.
  embedder text,
  -- The work of embedding it and comparing it with others: pending → linked, or failed. attempts is the fence.
  status text not null default 'pending' check (status in ('pending', 'linked', 'failed')),
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  error text,
  -- The last change of that work.
  updated_at timestamptz not null default now(),
  content_tsv tsvector generated always as (memory_lexemes(content)) stored,
  size integer generated always as (length(memory_lexemes(content))) stored,
  created_at timestamptz not null default now(),
  check (coalesce(case realm
    when 'village' then readers is null and sides is null
    when 'private' then readers = array[user_id] and sides is null
    else cardinality(sides) = 2 and agent_id = any (sides) and user_id = any (readers) end, false))
);
alter table village_knowledge alter column content set storage main, alter column content_tsv set storage main;
create index village_knowledge_recent on village_knowledge (tenant_id, created_at desc, id desc);
create index village_knowledge_by_thread on village_knowledge (tenant_id, thread_id, created_at, id);
create index village_knowledge_by_agent on village_knowledge (tenant_id, agent_id, created_at desc);
create index village_knowledge_of_agent on village_knowledge (agent_id);
create index village_knowledge_of_thread on village_knowledge (thread_id);
create index village_knowledge_by_user on village_knowledge (user_id);
create index village_knowledge_by_run on village_knowledge (tenant_id, run_id) where run_id is not null;
create index village_knowledge_pending on village_knowledge (updated_at) where status = 'pending';
create index village_knowledge_unlinked on village_knowledge (tenant_id, id) where status <> 'linked';
create unique index village_knowledge_by_call on village_knowledge (tenant_id, call_key) where call_key is not null;
create index village_knowledge_lexemes on village_knowledge
  using gin (reader_lexemes(tenant_id, readers, tsvector_to_array(content_tsv))) with (fastupdate = off);
select protect_tenant_table('village_knowledge', 'select, insert');
-- What was said, and who hears it, never changes.
grant update (access_count, last_accessed_at, embedder, status, attempts, postponements, lease_until, error, updated_at)
  on village_knowledge to apexflow_runtime;
create policy readers_only on village_knowledge as restrictive for select to apexflow_runtime
  using (current_user_id() is null or readers is null or current_user_id() = any (readers));
create policy readers_update on village_knowledge as restrictive for update to apexflow_runtime
  using (current_user_id() is null or readers is null or current_user_id() = any (readers))
  with check (current_user_id() is null or readers is null or current_user_id() = any (readers));
create policy in_own_name on village_knowledge as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());

-- The vectors of statements, in a table of their own for the reasons of memory_vectors: a counted access must not write
-- 3 kB and an entry of the vector index.
create table village_vectors (
  tenant_id text not null references tenants (id) on delete cascade,
  statement_id text primary key references village_knowledge (id) on delete cascade,
  embedding vector(768) not null
);
alter table village_vectors
  alter column tenant_id set storage plain, alter column statement_id set storage plain,
    alter column embedding set storage plain;
create index village_vectors_by_tenant on village_vectors (tenant_id);
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: the timer ensure-vector-indexes makes the index on village_vectors';
  else
    create index village_vectors_nearest on village_vectors using ivfflat (embedding vector_cosine_ops)
      with (lists = 50);
  end if;
end $$;
select protect_tenant_table('village_vectors', 'select, insert');
-- A text can be guessed from its vector, so only users who see the statement see its vector.
create policy of_visible_statements on village_vectors as restrictive to apexflow_runtime
  using (exists (select from village_knowledge k where k.id = statement_id))
  with check (exists (select from village_knowledge k where k.id = statement_id));

-- What has happened, for those who follow the channel of the village: the last thousand events of a tenant. Written by
-- append_village_event alone, because the next number follows from events that the writer may not see.
create table village_events (
  tenant_id text not null references tenants (id) on delete cascade,
  seq bigint not null,
  type text not null,
  readers text[],
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, seq)
);
select protect_tenant_table('village_events', 'select');
create policy readers_only on village_events as restrictive for select to apexflow_runtime
  using (readers is null or current_user_id() = any (readers));
