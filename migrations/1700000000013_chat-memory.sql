-- What an answer of a chat was given of the memory, and what was learned from a conversation.

-- The trace of the memory in the context of an answer: one row for each ref (M1, M2, …). The texts of facts and of
-- blocks are not copied. Readers join the live rows, so a fact that is reverted or erased is gone from the trace, too.
create table chat_memory_uses (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  message_id text not null references chat_messages (id) on delete cascade,
  ref text not null,
  kind text not null check (kind in ('fact', 'entity', 'preference')),
  -- The id of a fact, the path of an entity file, or <hub>/<field> of a preference.
  target_id text not null,
  -- The block of an entity file; '' also for the text before its first block.
  block text not null default '',
  -- Since when it was true. With path and block it names the version of a block, also after an erasure has rewritten
  -- the commits.
  since timestamptz not null,
  -- Of a preference, as the model read it: no earlier value of a preference is kept elsewhere.
  text text,
  why text[] not null default '{}',
  created_at timestamptz not null default now(),
  primary key (message_id, ref),
  check ((text is not null) = (kind = 'preference'))
);
create index chat_memory_uses_by_target on chat_memory_uses (tenant_id, user_id, kind, target_id);
create index chat_memory_uses_by_user on chat_memory_uses (user_id);
select protect_tenant_table('chat_memory_uses', 'select, insert');
create policy own_only on chat_memory_uses as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- What a user does not want in their chats. It stays in the memory, and workers of runs still use it.
create table chat_muted_memories (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  kind text not null check (kind in ('fact', 'entity', 'preference')),
  target_id text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, kind, target_id)
);
create index chat_muted_memories_by_user on chat_muted_memories (user_id);
select protect_tenant_table('chat_muted_memories', 'select, insert, update, delete');
create policy own_only on chat_muted_memories as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());

-- The work of learning from one answer: pending → learned, or failed. The id is the message's. attempts is the fence.
create table chat_learning (
  id text primary key references chat_messages (id) on delete cascade,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'learned', 'failed')),
  attempts integer not null default 0,
  postponements integer not null default 0,
  lease_until timestamptz,
  error text,
  created_at timestamptz not null default now()
);
create index chat_learning_by_tenant on chat_learning (tenant_id, id);
create index chat_learning_by_user on chat_learning (user_id);
select protect_tenant_table('chat_learning', 'select, insert, update');
-- Statements without a user are those of steps.
create policy own_rows on chat_learning as restrictive to apexflow_runtime
  using (current_user_id() is null or user_id = current_user_id());

-- What could be remembered from an exchange: proposed → kept | declined by the user. Only a kept one is a fact.
create table chat_learned (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  -- The answer under which it is shown, and its run.
  message_id text not null references chat_messages (id) on delete cascade,
  run_id text not null,
  -- The place in the list under the answer.
  position integer not null,
  text text not null check (length(text) between 1 and 4000),
  category text not null check (length(category) between 1 and 60),
  -- Whose words it was read in. Decided by the code, never by a model.
  origin text not null check (origin in ('person', 'answer')),
  status text not null default 'proposed' check (status in ('proposed', 'kept', 'declined')),
  -- The fact that it was kept as, which may have been known before.
  memory_id text,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  check ((status = 'proposed') = (decided_at is null))
);
create index chat_learned_by_message on chat_learned (tenant_id, message_id);
create index chat_learned_same_text on chat_learned (tenant_id, user_id, md5(lower(text)));
create index chat_learned_by_user on chat_learned (user_id);
select protect_tenant_table('chat_learned', 'select, insert, update');
create policy own_only on chat_learned as restrictive to apexflow_runtime
  using (user_id = current_user_id()) with check (user_id = current_user_id());
