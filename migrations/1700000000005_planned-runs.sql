-- Up Migration

-- Hosts that commands and web tools of a run may reach, and the bound that an admin sets for all runs of the tenant.
alter table sessions add column allowed_hosts text[] not null default '{}';
alter table tenants add column allowed_hosts text[] not null default '{}';

-- A run that waits for one of its tenant's slots has no admitted_at; `waits_for_slot` is set on one whose nodes wait for a place among the tenant's nodes.
alter table sessions add column admitted_at timestamptz default now();
alter table sessions add column waits_for_slot boolean not null default false;
create index sessions_waiting on sessions (tenant_id, created_at)
  where status in ('queued', 'running', 'waiting_input') and (admitted_at is null or waits_for_slot);

-- The run that this one repeats, and from which of its nodes; null from_node is the whole of it.
alter table sessions add column replay_of text;
alter table sessions add column replay_from text;
create index sessions_replays on sessions (tenant_id, replay_of) where replay_of is not null;

-- A question to the person: by a worker (`question`), or by the engine before a tool that needs approval (`approval`, with the real arguments).
-- It is asked once by (node, turn, call) and answered once.
create table run_questions (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  run_id text not null references sessions (id) on delete cascade,
  node_id text not null references run_nodes (id) on delete cascade,
  turn integer not null,
  call_index integer not null,
  kind text not null check (kind in ('question', 'approval')),
  text text not null,
  options text[] not null default '{}',
  tool text not null,
  arguments jsonb not null,
  details text,
  fingerprint text,
  status text not null default 'open' check (status in ('open', 'answered', 'expired', 'withdrawn')),
  answer text,
  approved boolean,
  answered_by text,
  answered_at timestamptz,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unique (node_id, turn, call_index),
  check ((status = 'answered') = (answer is not null)),
  check (approved is null or (kind = 'approval' and status = 'answered'))
);
create unique index run_questions_open on run_questions (node_id) where status = 'open';
create index run_questions_by_run on run_questions (tenant_id, run_id, created_at);
create index run_questions_expiring on run_questions (expires_at) where status = 'open';
select protect_tenant_table('run_questions', 'select, insert, update, delete');

-- Replaces a run's graph if it is still the one that the change was made from. Errors: AF409 when another change came between.
create function replace_graph(p_run_id text, p_revision integer, p_graph jsonb) returns void
language plpgsql security invoker set search_path = pg_catalog, public, pg_temp as $$
begin
  update sessions set graph_data = p_graph || jsonb_build_object('revision', p_revision + 1)
  where id = p_run_id and coalesce((graph_data ->> 'revision')::integer, 0) = p_revision;
  if not found then
    perform refuse('AF409', 'the graph was changed meanwhile', 'The plan was changed meanwhile.');
  end if;
end $$;

-- Questions of all tenants that nobody answered in time.
create function list_expired_questions(p_limit integer)
returns table (tenant_id text, run_id text, question_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select q.tenant_id, q.run_id, q.id from run_questions q where q.status = 'open' and q.expires_at < now() order by q.expires_at limit p_limit;
$$;

-- Runs that are not at an end and have no node that anything will move, or that wait for a slot: their settling was lost, or a slot may be free now.
create or replace function list_unsettled_runs(p_grace interval, p_limit integer)
returns table (tenant_id text, run_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.id from sessions s
  where s.status in ('queued', 'running', 'waiting_input') and s.created_at < now() - p_grace
    and (s.waits_for_slot or s.admitted_at is null
      or not exists (select from run_nodes n where n.run_id = s.id
        and (n.status in ('running', 'waiting_input') or (n.status = 'pending' and n.rung_at is not null)
          or n.completed_at > now() - p_grace)))
  order by s.created_at limit p_limit;
$$;

grant create on schema public to apexflow_definer;
alter function list_expired_questions(integer) owner to apexflow_definer;
revoke create on schema public from apexflow_definer;
revoke all on function list_expired_questions(integer) from public;
grant execute on function list_expired_questions(integer) to apexflow_runtime;
