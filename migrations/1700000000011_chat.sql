-- The step that takes the turns of a node; null for the step of runs. Another domain that builds on the engine names
-- its own.
alter table run_nodes add column turn_step text;

-- `chat` is an answer in a conversation, `call` one call of a tool by a user.
alter table sessions drop constraint sessions_kind_check;
alter table sessions add constraint sessions_kind_check check (kind in ('sprint', 'run', 'chat', 'call'));

-- The text of the turn that a model is writing, as far as its readers have it: who joins later reads it from here, and
-- a stop keeps it. Unlogged, because a lost text is asked for again.
create unlogged table partial_turns (
  tenant_id text not null,
  run_id text not null,
  node_id text not null,
  turn integer not null,
  fence bigint not null,
  text text not null,
  thinking text not null default '',
  primary key (tenant_id, run_id),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
select protect_tenant_table('partial_turns', 'select, insert, update, delete');

alter table chat_sessions
  add column archived boolean not null default false,
  add column favorite boolean not null default false,
  add column tags text[] not null default '{}',
  -- How the conversation is shortened when it fills the model's context window: a preset of platform/compaction.
  add column compaction text not null default 'balanced',
  -- The last message of the branch that is shown.
  add column head_id text,
  -- Where a fork began.
  add column forked_from text,
  add column forked_from_message text,
  -- The number of the last event.
  add column event_seq bigint not null default 0,
  add constraint chat_sessions_tenant_id_id_key unique (tenant_id, id);
create index chat_sessions_recent on chat_sessions (tenant_id, user_id, updated_at desc, id desc);

-- Messages are a tree: an edited question is a new child of the same parent.
alter table chat_messages
  add column parent_id text,
  -- The run that answers, of an answer.
  add column run_id text,
  add column status text not null default 'complete'
    check (status in ('answering', 'complete', 'stopped', 'failed')),
  add column error text,
  add column completed_at timestamptz,
  -- The id that the sender gave the message, so that sending it again does not repeat it.
  add column client_id text,
  add constraint chat_messages_tenant_id_id_key unique (tenant_id, id),
  add foreign key (tenant_id, session_id) references chat_sessions (tenant_id, id) on delete cascade;
create unique index chat_messages_client on chat_messages (tenant_id, user_id, client_id) where client_id is not null;
create unique index chat_messages_run on chat_messages (run_id) where run_id is not null;
create index chat_messages_parent on chat_messages (session_id, parent_id);
-- A conversation has one answer under way.
create unique index chat_messages_answering on chat_messages (session_id) where status = 'answering';

create table chat_events (
  tenant_id text not null,
  session_id text not null,
  seq bigint not null,
  type text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, session_id, seq),
  foreign key (tenant_id, session_id) references chat_sessions (tenant_id, id) on delete cascade
);
select protect_tenant_table('chat_events', 'select, insert, delete');

-- What the beginning of a branch was condensed to, once for each message up to which it was. Branches that share their
-- beginning share the summary.
create table chat_summaries (
  tenant_id text not null,
  session_id text not null,
  -- The last message that the summary covers.
  message_id text not null,
  summary jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, session_id, message_id),
  foreign key (tenant_id, session_id) references chat_sessions (tenant_id, id) on delete cascade
);
select protect_tenant_table('chat_summaries', 'select, insert, update, delete');

-- A summary of a conversation is paid for, too.
alter table usage_ledger drop constraint usage_ledger_kind_check;
alter table usage_ledger add constraint usage_ledger_kind_check
  check (kind in ('turn', 'attempt', 'embedding', 'extraction', 'search', 'summary'));

-- Conversations, their answers and calls of a user are that user's alone, also within a tenant. Statements without a
-- user are those of steps and timers.
create policy own_rows on sessions as restrictive to apexflow_runtime
  using (kind in ('run', 'sprint') or current_user_id() is null or user_id = current_user_id());
create policy own_rows on chat_sessions as restrictive to apexflow_runtime
  using (current_user_id() is null or user_id = current_user_id());
create policy own_rows on chat_messages as restrictive to apexflow_runtime
  using (current_user_id() is null or user_id = current_user_id());

-- A call of a tool that starts a run starts it once, however often the call is made.
create unique index sessions_started_by on sessions ((metadata ->> 'started_by_call'))
  where metadata ->> 'started_by_call' is not null;

create trigger finish_chat_answer after update of status on sessions
  for each row when (new.kind = 'chat' and new.status in ('completed', 'failed', 'cancelled', 'cost_exceeded')
    and old.status not in ('completed', 'failed', 'cancelled', 'cost_exceeded'))
  execute function finish_chat_answer();

-- Tells the request that made a call that the call has ended, or waits for a person.
create trigger sessions_call_ended after update of status on sessions for each row
  when (new.kind = 'call' and new.status is distinct from old.status) execute function notify_work_ended();
