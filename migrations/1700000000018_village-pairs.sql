-- What two statements of different agents are to each other. A pair is compared once and never changes, because
-- statements do not change; it is deleted with either of them.
--
-- readers, the agents and said_at follow from the statements and are copied, so that a reader of thousands of pairs
-- looks at this table alone.
create table village_pairs (
  tenant_id text not null references tenants (id) on delete cascade,
  one_id text not null references village_knowledge (id) on delete cascade,
  other_id text not null references village_knowledge (id) on delete cascade,
  one_agent_id text not null references village_agents (id) on delete cascade,
  other_agent_id text not null references village_agents (id) on delete cascade,
  -- The users who see both statements; null for the whole tenant. A pair that nobody sees is not stored.
  readers text[] check (cardinality(readers) > 0),
  -- unrelated: a model found that it neither agrees nor denies. Stored, so that the model is not asked again.
  relation text not null check (relation in ('agree', 'deny', 'unrelated')),
  similarity double precision not null check (similarity between 0 and 1),
  reason text not null check (length(reason) <= 300),
  judged_by text not null check (judged_by in ('rules', 'model')),
  embedder text not null,
  -- When both had been said.
  said_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (one_id, other_id),
  -- In this order, so that a pair is stored once.
  check (one_id <= other_id)
);
create index village_pairs_by_similarity on village_pairs (tenant_id, embedder, similarity desc)
  where relation <> 'unrelated';
create index village_pairs_of_other on village_pairs (other_id);
create index village_pairs_of_one_agent on village_pairs (one_agent_id);
create index village_pairs_of_other_agent on village_pairs (other_agent_id);
select protect_tenant_table('village_pairs', 'select, insert');
create policy readers_only on village_pairs as restrictive for select to apexflow_runtime
  using (current_user_id() is null or readers is null or current_user_id() = any (readers));
-- Only steps compare statements, because a user does not see all that theirs is compared with.
create policy by_steps on village_pairs as restrictive for insert to apexflow_runtime
  with check (current_user_id() is null);
