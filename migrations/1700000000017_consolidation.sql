-- Up Migration

-- Upkeep of a person's entity files. `consolidates`: whether a timer may do it unasked. `consolidated_position`: the commit up to which it was done.
alter table memory_repositories add column consolidates boolean not null default true;
alter table memory_repositories add column consolidated_position integer not null default 0;
grant update (consolidates, consolidated_position) on memory_repositories to apexflow_runtime;

-- One consolidation: queued → committed, or staged → committed, where it is only shown first; or failed. committed, or failed with a commit, → undone.
-- `attempts` is also the fence of the claim that works on it.
create table memory_consolidations (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  -- The id that whoever asked gave it: twice is once.
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
create index memory_consolidations_by_undo on memory_consolidations (tenant_id, user_id, undo_commit) where undo_commit is not null;
create index memory_consolidations_by_user on memory_consolidations (user_id);
select protect_tenant_table('memory_consolidations', 'select, insert, update, delete');

-- What one tool did, or wants to do: written with its commit, in one transaction, so that it is done once. No commit: it is staged, or it found nothing to do.
create table memory_consolidation_steps (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  consolidation_id text not null references memory_consolidations (id) on delete cascade,
  tool text not null check (tool in ('dedupe', 'redistribute', 'link')),
  -- The commit that the plan was made on.
  base_commit text check (base_commit ~ '^[0-9a-f]{40}$'),
  commit_id text check (commit_id ~ '^[0-9a-f]{40}$'),
  plan jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, consolidation_id, tool)
);
create index memory_consolidation_steps_by_commit on memory_consolidation_steps (tenant_id, user_id, commit_id) where commit_id is not null;
create index memory_consolidation_steps_by_time on memory_consolidation_steps (tenant_id, user_id, tool, created_at desc);
create index memory_consolidation_steps_of on memory_consolidation_steps (consolidation_id);
create index memory_consolidation_steps_by_user on memory_consolidation_steps (user_id);
select protect_tenant_table('memory_consolidation_steps', 'select, insert, update, delete');

do $$
declare t text;
begin
  foreach t in array array['memory_consolidations', 'memory_consolidation_steps'] loop
    execute format('create policy own_only on %I as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id())', t);
  end loop;
end $$;

-- People of all tenants whose files changed by so many commits since they were last consolidated, a page in the order of their repositories. Two look-ups by key for
-- each repository, and no file is read. What waits already is not begun again; what waits longer than a day was lost and is.
create function list_unconsolidated_people(p_after text, p_least integer, p_limit integer)
returns table (repository_id text, tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select r.id, r.tenant_id, r.user_id from memory_repositories r
  join users u on u.id = r.user_id and u.tenant_id = r.tenant_id and u.disabled_at is null
  join tenants t on t.id = r.tenant_id and t.disabled_at is null
  join memory_refs f on f.tenant_id = r.tenant_id and f.user_id = r.user_id and f.name = r.branch
  join memory_commits c on c.tenant_id = f.tenant_id and c.user_id = f.user_id and c.id = f.commit_id
  where r.id > p_after and r.consolidates and c.position - r.consolidated_position >= p_least
    and not exists (select from memory_consolidations k where k.tenant_id = r.tenant_id and k.user_id = r.user_id and k.status = 'queued'
      and k.created_at > now() - interval '1 day')
  order by r.id limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function list_unconsolidated_people(text, integer, integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_unconsolidated_people(text, integer, integer) from public;
grant execute on function list_unconsolidated_people(text, integer, integer) to apexflow_runtime;
