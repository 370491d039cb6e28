-- Facts with their vectors and history, keys, and preferences.

-- Facts. embedder names the model of the vector: vectors of two embedders are never compared. valid_from and valid_to
-- say when the fact was true, recorded_at when it was learned. Untrusted facts are seen only by the user whose run
-- learned them.
create table memories (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  text text not null check (length(text) between 1 and 4000),
  category text not null default 'general' check (length(category) between 1 and 60),
  scope text not null default 'tenant' check (scope in ('tenant', 'sprint', 'worker', 'user')),
  -- The id of the run for a sprint, the name of the worker for a worker, the id of the user for a user, '' for the
  -- tenant.
  scope_id text not null default '',
  source text,
  source_kind text not null check (source_kind in ('person', 'run', 'tool', 'document', 'web', 'import')),
  source_id text,
  author text not null,
  trust text not null check (trust in ('trusted', 'untrusted')),
  embedder text not null,
  confidence real not null default 1.0 check (confidence between 0 and 1),
  -- Derived from the statements of the fact's chains, by derive_validity: the first statement of the fact, and the next
  -- fact of a chain that replaces it.
  valid_from timestamptz not null default now(),
  valid_to timestamptz,
  recorded_at timestamptz not null default now(),
  superseded_by text,
  content_tsv tsvector generated always as (memory_lexemes(text)) stored,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  metadata jsonb not null default '{}',
  -- The number of lexemes, so that a search reads it from an index alone.
  size integer generated always as (length(memory_lexemes(text))) stored,
  -- Warnings to a reader. 'instruction': the text reads like an order to a machine. The fact is shown all the same.
  flags text[] not null default '{}',
  -- Until when the decay of the confidence was counted.
  decayed_at timestamptz,
  -- A fixed sample of one fact in 64: in large tenants the frequency of words is estimated from it.
  is_sampled boolean not null generated always as (hashtext(id) & 63 = 0) stored,
  -- The version of the stored lexemes (tokenizer_version).
  tokenizer text not null default tokenizer_version(),
  -- Facts that answer the same question share a chain. A fact that answers two questions is in two chains.
  chains text[] not null default array[gen_random_uuid()::text],
  -- Whether an admin stated the fact, so that it also replaces what other users said.
  corrects_others boolean not null default false,
  -- The trusted fact that a promotion merged this one into. It replaces this fact at all times after.
  merged_into text,
  check (case scope when 'tenant' then scope_id = '' when 'user' then scope_id = user_id else scope_id <> '' end),
  -- A subject shares nothing with the tenant.
  check (scope = 'user' or not is_subject(user_id))
);
alter table memories alter column text set storage main, alter column content_tsv set storage main;
create index idx_memories_user on memories (tenant_id, user_id, created_at desc, id desc);
create index idx_memories_category on memories (tenant_id, user_id, category);
create index idx_memories_scope on memories (tenant_id, scope, scope_id);
create index idx_memories_created on memories (tenant_id, created_at desc, id desc);
create index idx_memories_source on memories (tenant_id, source_id);
create index idx_memories_owner on memories (user_id);
create index idx_memories_fts on memories using gin (content_tsv);
-- The same text in the same scope is true once at a time. Untrusted facts are one row for each user, because no user
-- sees another's.
create unique index memories_once
  on memories (tenant_id, scope, scope_id, (case trust when 'untrusted' then user_id else '' end), md5(lower(text)))
  where valid_to is null;
create index memories_same_text on memories (tenant_id, scope, scope_id, md5(lower(text)));
create index memories_chains on memories using gin (chains);
create index memories_superseded_by on memories (tenant_id, superseded_by) where superseded_by is not null;
create index memories_fading on memories ((greatest(decayed_at, updated_at)))
  where trust = 'untrusted' and valid_to is null;
create index memories_counted on memories (tenant_id)
  include (user_id, trust, scope, valid_from, valid_to, size);
create index memories_sampled on memories (tenant_id)
  include (user_id, trust, scope, valid_from, valid_to, size) where is_sampled;
create index memories_lexemes on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end,
    tsvector_to_array(content_tsv)))
  with (fastupdate = off);
create index memories_sampled_lexemes on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end,
    tsvector_to_array(content_tsv)))
  with (fastupdate = off) where is_sampled;
-- An index instead of a list of known words, which an erasure would have to clean.
create index memories_spellings on memories using gin (
  owned_lexemes(tenant_id, case when trust = 'trusted' and scope <> 'user' then '' else user_id end,
    spelling_keys(names_in(text))))
  with (fastupdate = off);
select protect_tenant_table('memories', 'select, insert, update, delete');
-- Beside the isolation of tenants: even a statement without a condition sees no private or untrusted fact of another
-- user.
create policy own_or_shared on memories as restrictive for select to apexflow_runtime
  using (is_visible_to(current_user_id(), trust, scope, user_id));
create policy in_own_name on memories as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());

-- The vectors of facts, in a table of their own. A row with a 768-vector has no room for anything else: Postgres moves
-- the ids to the TOAST table, two rows fill a page, and every change of a fact's confidence would write 3 kB and an
-- entry of the vector index. Without the vector a fact is a row of some hundred bytes.
create table memory_vectors (
  tenant_id text not null references tenants (id) on delete cascade,
  memory_id text primary key references memories (id) on delete cascade,
  embedding vector(768) not null
);
-- Vectors are compared row by row: inline they are read 3 to 4 times as fast as from the TOAST table, and the ids must
-- not be moved there in their place.
alter table memory_vectors
  alter column tenant_id set storage plain, alter column memory_id set storage plain,
    alter column embedding set storage plain;
create index memory_vectors_by_tenant on memory_vectors (tenant_id);
do $$
begin
  if exists (select from pg_extension where extname = 'alloydb_scann') then
    raise notice 'ScaNN needs a filled table: the timer ensure-vector-indexes makes the index on memory_vectors';
  else
    create index memory_vectors_nearest on memory_vectors using ivfflat (embedding vector_cosine_ops) with (lists = 50);
  end if;
end $$;
select protect_tenant_table('memory_vectors', 'select, insert, update');
-- A text can be guessed from its vector, so only users who see the fact see its vector. It is deleted with its fact.
create policy of_visible_facts on memory_vectors as restrictive to apexflow_runtime
  using (exists (select from memories m where m.id = memory_id))
  with check (exists (select from memories m where m.id = memory_id));

-- The history of a fact's confidence: what each source did to it. A line is appended in the transaction of the change;
-- reverting a source deletes its lines.
create table memory_evidence (
  id bigint generated always as identity primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  -- The user who stated it, or whose run it was.
  user_id text not null references users (id) on delete cascade,
  memory_id text not null references memories (id) on delete cascade,
  action text not null check (action in ('inserted', 'reinforced', 'believed', 'refined', 'contradicted', 'disputed',
    'promoted')),
  -- The fact that refined, contradicted or disputed this fact, or that it was promoted from.
  other_id text,
  reason text,
  source_kind text not null,
  source_id text,
  author text not null,
  confidence_before real,
  confidence_after real not null,
  -- Since when the source says that the fact is true. Null for a line that is no statement of the fact.
  valid_from timestamptz,
  recorded_at timestamptz not null default now()
);
-- Orders statements with the same valid_from: the later one holds.
alter table memories add column stated bigint not null default nextval('memory_evidence_id_seq');
grant usage on sequence memory_evidence_id_seq to apexflow_runtime, apexflow_definer;
create index memory_evidence_by_fact on memory_evidence (tenant_id, memory_id, id);
create index memory_evidence_of_fact on memory_evidence (memory_id);
create index memory_evidence_by_source on memory_evidence (tenant_id, source_id);
create index memory_evidence_by_other on memory_evidence (tenant_id, other_id) where other_id is not null;
create index memory_evidence_by_user on memory_evidence (user_id);
select protect_tenant_table('memory_evidence', 'select, insert');
create policy own_or_visible on memory_evidence as restrictive for select to apexflow_runtime
  using (user_id = current_user_id() or exists (select from memories m where m.id = memory_id));
create policy in_own_name on memory_evidence as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());

-- The facts that were in the context of a run. They lead from a poisoned fact to what was learned under its influence.
create table memory_uses (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  run_id text not null,
  memory_id text not null references memories (id) on delete cascade,
  used_at timestamptz not null default now(),
  primary key (tenant_id, run_id, memory_id)
);
create index memory_uses_by_fact on memory_uses (memory_id);
create index memory_uses_by_user on memory_uses (user_id);
select protect_tenant_table('memory_uses', 'select, insert');
create policy own_only on memory_uses as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Proposals to promote an untrusted fact to a wider scope: proposed → accepted | declined. For a promotion to the whole
-- tenant: proposed → endorsed by the user of the fact, who alone sees it until then, → accepted | declined by an admin.
create table memory_proposals (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  memory_id text not null references memories (id) on delete cascade,
  wanted_scope text not null check (wanted_scope in ('tenant', 'worker', 'user')),
  wanted_scope_id text not null,
  proposed_by text not null check (proposed_by in ('person', 'rule')),
  reason text not null,
  status text not null default 'proposed' check (status in ('proposed', 'endorsed', 'accepted', 'declined')),
  decided_by text,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  unique (memory_id, wanted_scope, wanted_scope_id),
  check ((status in ('accepted', 'declined')) = (decided_at is not null))
);
create index memory_proposals_by_tenant on memory_proposals (tenant_id, status, id desc);
create index memory_proposals_by_user on memory_proposals (user_id);
select protect_tenant_table('memory_proposals', 'select, insert');
create policy own_only on memory_proposals as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Key-value memory of a user. version counts the writes of a key.
create table memory_keys (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  key text not null check (length(key) between 1 and 200),
  value jsonb not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id, key)
);
create index memory_keys_by_user on memory_keys (user_id);
select protect_tenant_table('memory_keys', 'select, insert, update, delete');
create policy own_only on memory_keys as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- Preferences in three hubs: {"field": {value, confidence, …}}. evidence_log: {"events": [...]}, staging_queue:
-- {"items": [...]}.
create table user_preferences (
  user_id text primary key references users (id) on delete cascade,
  tenant_id text not null references tenants (id) on delete cascade,
  preferences jsonb not null default '{}',
  operating_ctx jsonb not null default '{}',
  soft_identity jsonb not null default '{}',
  evidence_log jsonb not null default '{}',
  staging_queue jsonb not null default '{}',
  updated_at timestamptz not null default now()
);
create index idx_preferences_tenant on user_preferences (tenant_id, user_id);
select protect_tenant_table('user_preferences', 'select, insert, update, delete');
create policy own_only on user_preferences as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

create table scanned_runs (
  run_id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  scanned_at timestamptz not null default now()
);
create index idx_scanned_runs_tenant on scanned_runs (tenant_id, user_id);
select protect_tenant_table('scanned_runs', 'select, insert, update, delete');
