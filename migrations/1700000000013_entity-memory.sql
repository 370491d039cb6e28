-- Up Migration

-- Entity memory: one git repository for each person of a tenant. Objects are rows with the ids that git gives them; what a commit says is in its object, and
-- memory_commits, memory_changes and memory_blocks say the same in columns, written in the same transaction. A branch never forks: position counts its commits.
create table memory_repositories (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  ontology text not null check (ontology in ('personal', 'corporate')),
  branch text not null check (length(branch) between 1 and 100),
  created_at timestamptz not null default now(),
  unique (tenant_id, user_id)
);
create index memory_repositories_by_user on memory_repositories (user_id);
select protect_tenant_table('memory_repositories', 'select, insert, delete');
-- The lock of a repository is a lock of this row, which asks for a right to update.
grant update (branch, ontology) on memory_repositories to apexflow_runtime;

-- Immutable: nobody may change one. `id` is git's: the SHA-1 of kind, size and content.
create table memory_objects (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  id text not null check (id ~ '^[0-9a-f]{40}$'),
  kind text not null check (kind in ('blob', 'tree', 'commit')),
  content bytea not null,
  -- The position of the commit that brought it.
  position integer not null check (position >= 1),
  primary key (tenant_id, user_id, id)
);
create index memory_objects_by_position on memory_objects (tenant_id, user_id, position, id);
create index memory_objects_by_user on memory_objects (user_id);
select protect_tenant_table('memory_objects', 'select, insert, delete');

create table memory_commits (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  id text not null check (id ~ '^[0-9a-f]{40}$'),
  position integer not null check (position >= 1),
  tree_id text not null check (tree_id ~ '^[0-9a-f]{40}$'),
  parent_id text check (parent_id ~ '^[0-9a-f]{40}$'),
  -- The session that it applied; each is applied once.
  session_id text,
  message text not null,
  committed_at timestamptz not null,
  primary key (tenant_id, user_id, id),
  unique (tenant_id, user_id, position),
  unique (tenant_id, user_id, session_id)
);
create index memory_commits_by_time on memory_commits (tenant_id, user_id, committed_at desc);
create index memory_commits_by_user on memory_commits (user_id);
select protect_tenant_table('memory_commits', 'select, insert, delete');

-- Where a branch stands. It moves by compare-and-swap only.
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

-- Which paths a commit changed, and from which blob to which; null where the file was not, or is no more.
create table memory_changes (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  path text not null check (length(path) between 1 and 300),
  position integer not null check (position >= 1),
  before_id text check (before_id ~ '^[0-9a-f]{40}$'),
  after_id text check (after_id ~ '^[0-9a-f]{40}$'),
  primary key (tenant_id, user_id, path, position)
);
create index memory_changes_by_user on memory_changes (user_id);
select protect_tenant_table('memory_changes', 'select, insert, delete');

-- Blocks of entity files, for search: those without valid_to are what stands in the files of the branch now.
create table memory_blocks (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  repository text not null,
  path text not null check (length(path) between 1 and 300),
  block text not null check (length(block) between 1 and 200),
  heading text not null,
  text text not null,
  strength text not null check (strength in ('low', 'medium', 'high')),
  always_load boolean not null,
  -- The commit that this text of the block came with: blame.
  commit_id text not null check (commit_id ~ '^[0-9a-f]{40}$'),
  valid_from timestamptz not null,
  valid_to timestamptz,
  content_tsv tsvector generated always as (memory_lexemes(heading || ' ' || text)) stored,
  primary key (tenant_id, user_id, path, block, valid_from)
);
create unique index memory_blocks_current on memory_blocks (tenant_id, user_id, path, block) where valid_to is null;
create index memory_blocks_by_user on memory_blocks (user_id);
select protect_tenant_table('memory_blocks', 'select, insert, update, delete');

-- What a session wants to change, on the commit that it was made on. Never changed: to stage is to write one, to commit is to apply it.
create table memory_change_sets (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  base_commit text check (base_commit ~ '^[0-9a-f]{40}$'),
  proposer text not null check (proposer in ('model', 'rules')),
  edits jsonb not null,
  session_day text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, session_id)
);
create index memory_change_sets_by_user on memory_change_sets (user_id);
select protect_tenant_table('memory_change_sets', 'select, insert, delete');

-- The way of a session into the files. queued → staged → committed, or failed. `attempts` is also the fence of the claim that works on it.
create table memory_jobs (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  commits boolean not null,
  status text not null default 'queued' check (status in ('queued', 'staged', 'committed', 'failed')),
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  commit_id text check (commit_id ~ '^[0-9a-f]{40}$'),
  faults jsonb not null default '[]',
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, user_id, session_id),
  check ((status = 'committed') = (commit_id is not null))
);
create index memory_jobs_by_user on memory_jobs (user_id);
select protect_tenant_table('memory_jobs', 'select, insert, update, delete');

do $$
declare t text;
begin
  foreach t in array array['memory_repositories', 'memory_objects', 'memory_commits', 'memory_refs', 'memory_changes', 'memory_blocks', 'memory_change_sets', 'memory_jobs'] loop
    execute format('create policy own_only on %I as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id())', t);
  end loop;
end $$;

-- The entries of a tree object, in its order: mode, a space, the name, NUL, twenty bytes of id. A loop over the bytes, because a tree is at most some
-- thousand entries and a second copy of it as rows could say something else.
create function git_tree_entries(p_content bytea) returns table (mode text, name text, object_id text)
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_at integer := 1;
  v_nul integer;
  v_head text;
begin
  while v_at <= length(p_content) loop
    -- A name is at most 255 bytes; looking further would read the rest of the tree for each entry.
    v_nul := position('\x00'::bytea in substring(p_content from v_at for 300));
    if v_nul = 0 or length(p_content) < v_at + v_nul + 19 then raise exception 'a tree object ends too early'; end if;
    v_head := convert_from(substring(p_content from v_at for v_nul - 1), 'UTF8');
    mode := split_part(v_head, ' ', 1);
    name := substr(v_head, length(mode) + 2);
    object_id := encode(substring(p_content from v_at + v_nul for 20), 'hex');
    return next;
    v_at := v_at + v_nul + 20;
  end loop;
end $$;

-- A run's session is fed to entity memory once; what nobody rang is found by a timer.
alter table memory_sessions add column is_scanned boolean not null default false;
create index memory_sessions_unscanned on memory_sessions (created_at) where not is_scanned;

create function list_unscanned_sessions(p_older_than interval, p_limit integer)
returns table (tenant_id text, user_id text, session_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.user_id, s.id from memory_sessions s
  where not s.is_scanned and s.created_at < now() - p_older_than
  order by s.created_at limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function list_unscanned_sessions(interval, integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_unscanned_sessions(interval, integer), git_tree_entries(bytea) from public;
grant execute on function list_unscanned_sessions(interval, integer), git_tree_entries(bytea) to apexflow_runtime;
