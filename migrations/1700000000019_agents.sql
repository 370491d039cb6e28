-- Agents. Each is a node of a run of kind `agent`; the run is a whole tree of agents.
create table agents (
  id text primary key,
  tenant_id text not null,
  user_id text not null,
  run_id text not null,
  node_id text not null,
  root_id text not null,
  parent_id text,
  depth integer not null check (depth >= 0),
  agent_type text not null,
  task text not null,
  -- What its type gave it when it was spawned. A later change of the type does not change the agent.
  instruction text not null,
  tools text[] not null,
  turns integer not null,
  -- What the user limited the tree to, for the agents that it spawns: tools, and a model as provider/model.
  allowed_tools text[],
  wanted_model text,
  -- The call of a tool that spawned it. A repeated call spawns it once.
  spawned_by text,
  created_at timestamptz not null default clock_timestamp(),
  foreign key (tenant_id, run_id, node_id) references run_nodes (tenant_id, run_id, id) on delete cascade
);
create unique index agents_by_node on agents (node_id);
create index agents_by_run on agents (tenant_id, run_id, created_at);
create index agents_roots on agents (tenant_id, created_at desc, id desc) where parent_id is null;
create index agents_by_parent on agents (tenant_id, parent_id, created_at desc, id desc) where parent_id is not null;
create unique index agents_spawned_by on agents (tenant_id, spawned_by) where spawned_by is not null;
select protect_tenant_table('agents', 'select, insert');

-- The types of agents that a tenant has added. The built-in types are files.
create table agent_types (
  tenant_id text not null references tenants (id) on delete cascade,
  name text not null,
  description text not null,
  instruction text not null,
  tools text[] not null default '{}',
  turns integer not null check (turns > 0),
  -- provider/model; null for the model that the tenant uses.
  model text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default clock_timestamp(),
  updated_by text not null,
  primary key (tenant_id, name)
);
select protect_tenant_table('agent_types', 'select, insert, update, delete');
