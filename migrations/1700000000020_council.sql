-- A council: members who give their positions in rounds, and a chair who sums up each round. It is a run of kind
-- `council`; its status, its nodes and what it has spent are the run's.
create table councils (
  id text primary key,
  tenant_id text not null,
  user_id text not null,
  run_id text not null unique,
  question text not null check (length(question) between 1 and 4000),
  -- What can be decided between; null for an open question.
  options text[],
  -- [{"name", "persona", "model"}] in their order.
  agents jsonb not null,
  -- The model of the chair, provider/model.
  chair_model text not null,
  rounds integer not null check (rounds between 1 and 10),
  -- The share of the members at one position at which the council ends.
  threshold double precision not null check (threshold between 0.5 and 1),
  mode text not null check (mode in ('deliberation', 'vote')),
  foreseen_usd numeric(20,10) not null check (foreseen_usd >= 0),
  -- Whether the last positions are posted to the village when the council ends by itself, and in which thread they are.
  share_in_village boolean not null default false,
  thread_id text,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, run_id) references sessions (tenant_id, id) on delete cascade
);
create index councils_recent on councils (tenant_id, created_at desc, id desc);
create index councils_by_run on councils (tenant_id, run_id);
select protect_tenant_table('councils', 'select, insert');
grant update (thread_id) on councils to apexflow_runtime;

-- A round. The chair closes it; a vote has one round, which nobody closes.
create table council_rounds (
  tenant_id text not null,
  council_id text not null,
  round integer not null,
  -- [{"label", "statement", "agents"}], the largest first; null until the round is closed.
  positions jsonb,
  score double precision check (score between 0 and 1),
  agreements text[] not null default '{}',
  disagreements text[] not null default '{}',
  minority_report text,
  summary text,
  -- How the council ends with this round; null when another one follows.
  ends text check (ends in ('consensus', 'rounds')),
  closed_at timestamptz,
  primary key (tenant_id, council_id, round),
  foreign key (tenant_id, council_id) references councils (tenant_id, id) on delete cascade,
  check ((closed_at is null) = (positions is null))
);
select protect_tenant_table('council_rounds', 'select, insert, update');

-- What a member holds in a round. It is written in the transaction that ends the member's node.
create table council_stances (
  tenant_id text not null,
  council_id text not null,
  round integer not null,
  agent text not null,
  position text not null,
  statement text not null,
  confidence double precision not null check (confidence between 0 and 1),
  reasons text[] not null,
  would_change text not null,
  -- Where the position differs from the member's last one.
  changed_from text,
  changed_because text,
  created_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, council_id, round, agent),
  foreign key (tenant_id, council_id, round) references council_rounds (tenant_id, council_id, round) on delete cascade,
  check ((changed_from is null) = (changed_because is null))
);
select protect_tenant_table('council_stances', 'select, insert');

-- What a person says to a council. `round` is the round that takes it, which follows the one that was under way.
create table council_interjections (
  id text primary key,
  tenant_id text not null,
  council_id text not null,
  round integer not null,
  user_id text not null,
  text text not null check (length(text) between 1 and 2000),
  created_at timestamptz not null default clock_timestamp(),
  foreign key (tenant_id, council_id) references councils (tenant_id, id) on delete cascade
);
create index council_interjections_by_council on council_interjections (tenant_id, council_id, round);
select protect_tenant_table('council_interjections', 'select, insert');
