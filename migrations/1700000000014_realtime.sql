-- A ticket with which a browser signs in on a WebSocket. It is taken once: whoever deletes its row has it. The identity
-- is what the caller of POST /realtime/tickets was known by, so the connection has the same rights, and loses them with
-- the sign-in or the key.
create table socket_tickets (
  ticket_hash text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  identity jsonb not null,
  expires_at timestamptz not null
);
create index socket_tickets_by_tenant on socket_tickets (tenant_id);
create index socket_tickets_by_expiry on socket_tickets (expires_at);
select protect_tenant_table('socket_tickets', 'select, insert');

-- Who is in which channel, by connection. Unlogged: after a crash of the server the rows are written again by the next
-- heartbeats. A row counts for 45 seconds.
create unlogged table presence (
  tenant_id text not null references tenants (id) on delete cascade,
  channel text not null,
  connection_id text not null,
  user_id text not null references users (id) on delete cascade,
  display_name text not null,
  state text not null check (state in ('viewing', 'typing')),
  joined_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  primary key (tenant_id, channel, connection_id)
);
create index presence_by_age on presence (seen_at);
select protect_tenant_table('presence', 'select, insert, update, delete');
