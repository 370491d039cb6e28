-- Up Migration

-- What was said, turn by turn, in a session that was archived: the evidence behind facts. A person's own, whoever is in it; it goes with its
-- session, and with its person. `said_at` is what dates in the text ("yesterday") are counted from.
create table memory_turns (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  session_id text not null,
  position integer not null check (position >= 0),
  speaker text not null check (length(speaker) between 1 and 200),
  said_at timestamptz not null,
  text text not null check (length(text) <= 100000),
  -- What a picture of the turn shows, in words.
  caption text check (length(caption) <= 10000),
  content_tsv tsvector generated always as (memory_lexemes(text || ' ' || coalesce(caption, ''))) stored,
  primary key (tenant_id, session_id, position),
  foreign key (tenant_id, session_id) references memory_sessions (tenant_id, id) on delete cascade
);
create index memory_turns_by_person on memory_turns (tenant_id, user_id, said_at);
create index memory_turns_by_user on memory_turns (user_id);
select protect_tenant_table('memory_turns', 'select, insert, delete');
create policy own_only on memory_turns as restrictive for select to apexflow_runtime using (user_id = current_user_id());
create policy in_own_name on memory_turns as restrictive for insert to apexflow_runtime with check (user_id = current_user_id());
create policy own_to_delete on memory_turns as restrictive for delete to apexflow_runtime using (user_id = current_user_id());
