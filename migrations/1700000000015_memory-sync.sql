-- Up Migration

-- What a sync brought: which commit of the linked repository, and the names of who wrote it. The commits below that one are objects only, so that position still
-- counts the states that this branch was in; a merge's second parent stands in the commit object.
alter table memory_commits add column remote_commit text check (remote_commit ~ '^[0-9a-f]{40}$');
alter table memory_commits add column remote_authors text[] not null default '{}';

-- The repository that a person's entity memory is linked with, one each. `id` is new with every link; it, the person and the address are bound into the token's
-- encryption, so that a token that is moved to another row or address does not open. A link that ended says why, and has no token.
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
  -- The claim that works on it; every write of a sync is fenced by it.
  fence integer not null default 0,
  lease_until timestamptz,
  next_sync_at timestamptz not null default now(),
  failures integer not null default 0,
  -- The tip of the linked branch that was taken in or pushed last: where it is not below a later tip, the branch was rewritten.
  remote_commit text check (remote_commit ~ '^[0-9a-f]{40}$'),
  -- Both tips when a sync last ended without a way on: while neither moves, nothing is fetched again.
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
create policy own_only on memory_links as restrictive to apexflow_runtime using (user_id = current_user_id()) with check (user_id = current_user_id());

-- People of all tenants whose link is due, the longest due first. Without a token only its person can have it synced; who is shut out has nothing synced.
create function list_due_memory_links(p_limit integer) returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.tenant_id, l.user_id from memory_links l
  join users u on u.id = l.user_id and u.tenant_id = l.tenant_id and u.disabled_at is null
  join tenants t on t.id = l.tenant_id and t.disabled_at is null
  where l.status = 'linked' and l.ciphertext is not null and l.next_sync_at <= now() and (l.lease_until is null or l.lease_until < now())
  order by l.next_sync_at limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function list_due_memory_links(integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_due_memory_links(integer) from public;
grant execute on function list_due_memory_links(integer) to apexflow_runtime;
