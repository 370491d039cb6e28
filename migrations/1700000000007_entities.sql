-- Entity memory: archived sessions, and one git repository for each user with files about people, things and topics.

-- What a session leaves to learn from, archived in the transaction that ends it; the id of the run makes this
-- idempotent. Each user has session ids of their own. material: {"task", "reports": [{"worker", "text"}], "model":
-- {"provider", "model"}}. attempts is also the fence of the claim that works on the session.
create table memory_sessions (
  tenant_id text not null references tenants (id) on delete cascade,
  id text not null,
  user_id text not null references users (id) on delete cascade,
  kind text not null check (length(kind) between 1 and 60),
  material jsonb not null,
  -- The user's role when the run ended: only statements of an admin become facts of the whole tenant.
  author_role text not null check (author_role in ('viewer', 'member', 'admin')),
  status text not null default 'pending' check (status in ('pending', 'learned', 'failed')),
  attempts integer not null default 0,
  lease_until timestamptz,
  error text,
  fact_count integer,
  learned_at timestamptz,
  created_at timestamptz not null default now(),
  -- The last change of the claim.
  updated_at timestamptz not null default now(),
  -- Claims that ended because the tenant's daily budget was used up; they do not count as failed attempts.
  postponements integer not null default 0,
  -- Whether the session was given to entity memory. A timer finds sessions whose task was lost.
  is_scanned boolean not null default false,
  primary key (tenant_id, user_id, id),
  check ((status = 'learned') = (learned_at is not null))
);
create index memory_sessions_by_user on memory_sessions (user_id);
create index memory_sessions_by_id on memory_sessions (tenant_id, id);
create index memory_sessions_pending on memory_sessions (updated_at) where status = 'pending';
create index memory_sessions_unscanned on memory_sessions (created_at) where not is_scanned;
select protect_tenant_table('memory_sessions', 'select, insert, update, delete');

-- The turns of an archived session: the evidence behind facts. They belong to the user of the session, whoever speaks,
-- and are deleted with the session. Dates in the text ("yesterday") are relative to said_at.
create table memory_turns (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  position integer not null check (position >= 0),
  speaker text not null check (length(speaker) between 1 and 200),
  said_at timestamptz not null,
  -- The minutes from UTC that said_at was written with. They decide its day.
  utc_offset smallint not null default 0,
  text text not null check (length(text) <= 100000),
  -- The description of a picture in the turn.
  caption text check (length(caption) <= 10000),
  content_tsv tsvector generated always as (memory_lexemes(text || ' ' || coalesce(caption, ''))) stored,
  size integer generated always as (length(memory_lexemes(text || ' ' || coalesce(caption, '')))) stored,
  -- The version of the stored lexemes (tokenizer_version).
  tokenizer text not null default tokenizer_version(),
  primary key (tenant_id, user_id, session_id, position),
  foreign key (tenant_id, user_id, session_id) references memory_sessions (tenant_id, user_id, id) on delete cascade
);
-- Sizes, times and speakers of all turns of a user are read from the index alone.
create index memory_turns_by_person on memory_turns (tenant_id, user_id, session_id) include (said_at, utc_offset, size, speaker);
create index memory_turns_lexemes on memory_turns
  using gin (owned_lexemes(tenant_id, user_id, tsvector_to_array(content_tsv))) with (fastupdate = off);
create index memory_turns_spellings on memory_turns
  using gin (owned_lexemes(tenant_id, user_id, spelling_keys(names_of_turn(speaker, text)))) with (fastupdate = off);
create index memory_turns_by_user on memory_turns (user_id);
select protect_tenant_table('memory_turns', 'select, insert, delete');
create policy own_only on memory_turns as restrictive for select to apexflow_runtime
  using (user_id = current_user_id());
create policy in_own_name on memory_turns as restrictive for insert to apexflow_runtime
  with check (user_id = current_user_id());
create policy own_to_delete on memory_turns as restrictive for delete to apexflow_runtime
  using (user_id = current_user_id());

-- The repository of a user. Objects are rows with the ids that git gives them. memory_commits, memory_changes and
-- memory_blocks repeat in columns what the objects say, written in the same transaction. A branch never forks: position
-- counts its commits.
create table memory_repositories (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  ontology text not null check (ontology in ('personal', 'corporate')),
  branch text not null check (length(branch) between 1 and 100),
  created_at timestamptz not null default now(),
  -- Whether the timer may consolidate the files without being asked.
  consolidates boolean not null default true,
  -- The position of the commit up to which the files were consolidated.
  consolidated_position integer not null default 0,
  unique (tenant_id, user_id)
);
create index memory_repositories_by_user on memory_repositories (user_id);
select protect_tenant_table('memory_repositories', 'select, insert, delete');
-- The lock of a repository is a lock of its row, which needs the right to update a column.
grant update (branch, ontology, consolidates, consolidated_position) on memory_repositories to apexflow_runtime;
create policy own_only on memory_repositories as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The git objects. The id is the SHA-1 of kind, size and content, so an object never changes.
create table memory_objects (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  id text not null check (id ~ '^[0-9a-f]{40}$'),
  kind text not null check (kind in ('blob', 'tree', 'commit')),
  content bytea not null,
  -- The position of the commit that added the object.
  position integer not null check (position >= 1),
  primary key (tenant_id, user_id, id)
);
create index memory_objects_by_position on memory_objects (tenant_id, user_id, position, id);
create index memory_objects_by_user on memory_objects (user_id);
select protect_tenant_table('memory_objects', 'select, insert, delete');
-- An erasure writes the commits of a branch again, so another commit may be the one that added an object.
grant update (position) on memory_objects to apexflow_runtime;
create policy own_only on memory_objects as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

create table memory_commits (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  id text not null check (id ~ '^[0-9a-f]{40}$'),
  position integer not null check (position >= 1),
  tree_id text not null check (tree_id ~ '^[0-9a-f]{40}$'),
  parent_id text check (parent_id ~ '^[0-9a-f]{40}$'),
  -- The session that the commit applied; each session is applied once.
  session_id text,
  message text not null,
  committed_at timestamptz not null,
  -- What a sync brought: the commit of the linked repository and its authors. The commits below that one are objects
  -- only, so that position counts the states of this branch. The second parent of a merge is in the commit object.
  remote_commit text check (remote_commit ~ '^[0-9a-f]{40}$'),
  remote_authors text[] not null default '{}',
  -- The source that the commit reverted. Changes that were proposed on an earlier commit are proposed again, because
  -- their material may have contained what is gone.
  reverted_source text,
  primary key (tenant_id, user_id, id),
  unique (tenant_id, user_id, position),
  unique (tenant_id, user_id, session_id)
);
create index memory_commits_by_time on memory_commits (tenant_id, user_id, committed_at desc);
create index memory_commits_by_user on memory_commits (user_id);
create index memory_commits_reverts on memory_commits (tenant_id, user_id, position) where reverted_source is not null;
select protect_tenant_table('memory_commits', 'select, insert, delete');
create policy own_only on memory_commits as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The commit of a branch. It moves by compare-and-swap only.
create table memory_refs (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  name text not null check (length(name) between 1 and 100),
  commit_id text not null check (commit_id ~ '^[0-9a-f]{40}$'),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id, name)
);
create index memory_refs_by_user on memory_refs (user_id);
select protect_tenant_table('memory_refs', 'select, insert, update, delete');
create policy own_only on memory_refs as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The paths that a commit changed, with the blob before and after; null when the file did not exist or was deleted.
create table memory_changes (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  -- The primary key holds it, so it is limited in bytes.
  path text not null check (octet_length(path) between 1 and 2000),
  position integer not null check (position >= 1),
  before_id text check (before_id ~ '^[0-9a-f]{40}$'),
  after_id text check (after_id ~ '^[0-9a-f]{40}$'),
  primary key (tenant_id, user_id, path, position)
);
create index memory_changes_by_position on memory_changes (tenant_id, user_id, position);
create index memory_changes_by_user on memory_changes (user_id);
select protect_tenant_table('memory_changes', 'select, insert, delete');
create policy own_only on memory_changes as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The blocks of entity files, for search. Blocks without valid_to are the current content of the branch.
create table memory_blocks (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  repository text not null,
  path text not null check (length(path) between 1 and 300),
  -- Empty for the text before the first block.
  block text not null check (length(block) <= 200),
  heading text not null,
  text text not null,
  -- The current name and aliases of the file, one a line.
  names text not null default '',
  strength text not null check (strength in ('low', 'medium', 'high')),
  always_load boolean not null,
  -- The commit that this text of the block came with, for blame.
  commit_id text not null check (commit_id ~ '^[0-9a-f]{40}$'),
  valid_from timestamptz not null,
  valid_to timestamptz,
  -- With the names of the file and the words of its path: a block is about the subject of its file and seldom names it.
  content_tsv tsvector generated always as (
    memory_lexemes(translate(regexp_replace(path, '^.*/|\.md$', '', 'g'), '_-', '  ') || ' ' || names || ' ' || heading
      || ' ' || text)) stored,
  -- The version of the stored lexemes (tokenizer_version).
  tokenizer text not null default tokenizer_version(),
  primary key (tenant_id, user_id, path, block, valid_from)
);
create unique index memory_blocks_current on memory_blocks (tenant_id, user_id, path, block) where valid_to is null;
create index memory_blocks_spellings on memory_blocks
  using gin (owned_lexemes(tenant_id, user_id, spelling_keys(names_of_block(path, names || ' ' || text)))) with (fastupdate = off);
-- Which blocks a commit began and ended: the time of a commit is unique in its branch.
create index memory_blocks_by_start on memory_blocks (tenant_id, user_id, valid_from);
create index memory_blocks_by_end on memory_blocks (tenant_id, user_id, valid_to) where valid_to is not null;
create index memory_blocks_by_user on memory_blocks (user_id);
select protect_tenant_table('memory_blocks', 'select, insert, update, delete');
create policy own_only on memory_blocks as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The changes that a session proposes, relative to base_commit. Staging writes a row, committing applies it.
create table memory_change_sets (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  base_commit text check (base_commit ~ '^[0-9a-f]{40}$'),
  proposer text not null check (proposer in ('model', 'rules')),
  edits jsonb not null,
  session_day text not null,
  created_at timestamptz not null default now(),
  -- The files that the model was shown when it proposed the edits, as they were at base_commit.
  shown text[] not null default '{}',
  primary key (tenant_id, user_id, session_id)
);
create index memory_change_sets_by_user on memory_change_sets (user_id);
select protect_tenant_table('memory_change_sets', 'select, insert, delete');
-- An erasure changes rows: it removes edits that repeat erased words and replaces ids of rewritten commits. A commit
-- changes the path of an edit when another entity has taken it.
grant update (base_commit, edits, shown) on memory_change_sets to apexflow_runtime;
create policy own_only on memory_change_sets as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The processing of a session: queued → staged → committed; or failed; or reverted with its source, and then never
-- applied again. commit_id is the commit that applied it. attempts is also the fence of the claim that works on the
-- job.
create table memory_jobs (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  commits boolean not null,
  status text not null default 'queued' check (status in ('queued', 'staged', 'committed', 'failed', 'reverted')),
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  commit_id text check (commit_id ~ '^[0-9a-f]{40}$'),
  faults jsonb not null default '[]',
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, user_id, session_id),
  check (status = 'reverted' or (status = 'committed') = (commit_id is not null))
);
create index memory_jobs_by_user on memory_jobs (user_id);
select protect_tenant_table('memory_jobs', 'select, insert, update, delete');
create trigger memory_jobs_ended after update of status on memory_jobs for each row
  when (new.status is distinct from old.status) execute function notify_work_ended();
create policy own_only on memory_jobs as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The repository that a user's entity memory is linked with, at most one for each user. Every link has a new id; the
-- id, the user and the address are bound into the encryption of the token, so a token that is copied to another row or
-- address cannot be decrypted. A link that ended has a reason and no token.
create table memory_links (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  id text not null unique,
  status text not null default 'linked' check (status in ('linked', 'ended')),
  repo_url text not null check (length(repo_url) between 1 and 300),
  branch text not null check (length(branch) between 1 and 200),
  ciphertext text,
  wrapped_key text,
  key_name text,
  -- The claim that works on the link; every write of a sync checks it.
  fence integer not null default 0,
  lease_until timestamptz,
  next_sync_at timestamptz not null default now(),
  failures integer not null default 0,
  -- The tip of the linked branch that was fetched or pushed last. When it is not an ancestor of a later tip, the branch
  -- was rewritten.
  remote_commit text check (remote_commit ~ '^[0-9a-f]{40}$'),
  -- Both tips when a sync last ended without a result: while neither moves, nothing is fetched again.
  seen_head text,
  seen_remote text,
  -- How the last sync ended.
  last_sync jsonb,
  last_sync_at timestamptz,
  ended_at timestamptz,
  ended_reason text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id),
  check ((ciphertext is null) = (wrapped_key is null) and (ciphertext is null) = (key_name is null)),
  check ((status = 'ended') = (ended_at is not null) and (status = 'ended') = (ended_reason is not null)),
  check (status = 'linked' or ciphertext is null),
  check ((last_sync is null) = (last_sync_at is null))
);
create index memory_links_by_user on memory_links (user_id);
create index memory_links_due on memory_links (next_sync_at) where status = 'linked' and ciphertext is not null;
select protect_tenant_table('memory_links', 'select, insert, update, delete');
create trigger memory_links_ended after update of status, lease_until on memory_links for each row
  when (new.lease_until is null and old.lease_until is not null) execute function notify_work_ended();
create policy own_only on memory_links as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- A consolidation: queued → committed, or queued → staged → committed for a dry run; or failed. A committed one, or a
-- failed one with a commit, can become undone. attempts is also the fence of the claim that works on it.
create table memory_consolidations (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  -- The idempotency key of the request.
  key text not null check (length(key) between 1 and 100),
  started_by text not null check (started_by in ('person', 'timer')),
  tools text[] not null,
  soft_cap_tokens integer not null,
  dry_run boolean not null,
  status text not null default 'queued' check (status in ('queued', 'staged', 'committed', 'failed', 'undone')),
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  undo_commit text check (undo_commit ~ '^[0-9a-f]{40}$'),
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, user_id, key),
  check (undo_commit is null or status = 'undone')
);
create index memory_consolidations_by_id on memory_consolidations (tenant_id, user_id, id desc);
create index memory_consolidations_by_undo on memory_consolidations (tenant_id, user_id, undo_commit)
  where undo_commit is not null;
create index memory_consolidations_by_user on memory_consolidations (user_id);
select protect_tenant_table('memory_consolidations', 'select, insert, update, delete');
create trigger memory_consolidations_ended after update of status on memory_consolidations for each row
  when (new.status is distinct from old.status) execute function notify_work_ended();
create policy own_only on memory_consolidations as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The result of one tool of a consolidation, written in the transaction of its commit, so that the tool runs once.
-- Without a commit it is staged, or the tool found nothing to do.
create table memory_consolidation_steps (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  consolidation_id text not null references memory_consolidations (id) on delete cascade,
  tool text not null check (tool in ('dedupe', 'redistribute', 'link')),
  -- The commit that the plan was made for.
  base_commit text check (base_commit ~ '^[0-9a-f]{40}$'),
  commit_id text check (commit_id ~ '^[0-9a-f]{40}$'),
  plan jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, consolidation_id, tool)
);
create index memory_consolidation_steps_by_commit on memory_consolidation_steps (tenant_id, user_id, commit_id)
  where commit_id is not null;
create index memory_consolidation_steps_by_time on memory_consolidation_steps (tenant_id, user_id, tool,
  created_at desc);
create index memory_consolidation_steps_of on memory_consolidation_steps (consolidation_id);
create index memory_consolidation_steps_by_user on memory_consolidation_steps (user_id);
select protect_tenant_table('memory_consolidation_steps', 'select, insert, update, delete');
create policy own_only on memory_consolidation_steps as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());
