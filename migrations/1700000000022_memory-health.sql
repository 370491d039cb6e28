-- Merged facts and statements, facts that are different, and notes from one session to the next.

-- 'merged': the fact other_id was merged into this fact. The line has the source of the merged fact, so that reverting
-- this source takes back what it added to the confidence.
alter table memory_evidence drop constraint memory_evidence_action_check, add constraint memory_evidence_action_check
  check (action in ('inserted', 'reinforced', 'believed', 'refined', 'contradicted', 'disputed', 'promoted', 'merged'));
create index memories_merged_into on memories (tenant_id, merged_into) where merged_into is not null;
comment on column memories.merged_into is
  'The fact that a promotion or a user merged this one into. It replaces this fact at all times after.';

-- Two facts of which their user said that they are different, though they look as if they said the same. The lower id
-- is `one`.
create table memory_twin_dismissals (
  one text not null references memories (id) on delete cascade,
  other text not null references memories (id) on delete cascade,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (one, other)
);
create index memory_twin_dismissals_by_other on memory_twin_dismissals (other);
create index memory_twin_dismissals_of_user on memory_twin_dismissals (user_id);
create index memory_twin_dismissals_of_tenant on memory_twin_dismissals (tenant_id);
select protect_tenant_table('memory_twin_dismissals', 'select, insert, delete');
create policy own_only on memory_twin_dismissals as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- What a worker, an agent or a user leaves for the next session: words of a run, which are shown as data.
create table memory_notes (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  -- The name of the worker, of the agent's type, or what the user calls themselves.
  agent text not null check (length(agent) between 1 and 100),
  -- The run that left the note; null for a user.
  run_id text,
  summary text not null check (length(summary) between 1 and 4000),
  unfinished text[] not null default '{}',
  discoveries text[] not null default '{}',
  priority text not null default 'medium' check (priority in ('high', 'medium', 'low')),
  -- Ids, paths and addresses that the note is about.
  links text[] not null default '{}',
  -- The call of a tool that left it; a repeated call leaves no second one.
  call_key text,
  created_at timestamptz not null default now()
);
create index memory_notes_by_user on memory_notes (tenant_id, user_id, created_at desc);
create index memory_notes_of_user on memory_notes (user_id);
create index memory_notes_by_run on memory_notes (tenant_id, run_id) where run_id is not null;
create unique index memory_notes_by_call on memory_notes (tenant_id, call_key) where call_key is not null;
select protect_tenant_table('memory_notes', 'select, insert, update, delete');
create policy own_only on memory_notes as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The statement that its user merged this one into. Searches, lists and convergence leave it out; its thread and its
-- own address still show it. Written by merge_village_statements and undo_village_merge alone.
alter table village_knowledge add column merged_into text;
create index village_knowledge_merged_into on village_knowledge (tenant_id, merged_into) where merged_into is not null;
