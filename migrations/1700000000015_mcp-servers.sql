-- MCP servers of a tenant. The values of the headers are one JSON text under envelope encryption, bound to tenant, id
-- and version, so a row that is copied elsewhere cannot be decrypted. `listed` is what the server listed at last, and
-- `pinned` what an admin has approved; both are the whole lists, because a model sees only what was approved.
create table mcp_servers (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  name text not null check (length(name) between 1 and 64),
  url text not null,
  enabled boolean not null default true,
  approval text not null default 'writes' check (approval in ('always', 'writes', 'never')),
  header_names text[] not null default '{}',
  version integer not null default 1 check (version >= 1),
  ciphertext text not null,
  wrapped_key text not null,
  key_name text not null,
  listed jsonb,
  listed_hash text,
  listed_cut boolean not null default false,
  listed_at timestamptz,
  error text,
  pinned jsonb,
  pinned_hash text,
  pinned_at timestamptz,
  pinned_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by text not null,
  unique (tenant_id, name)
);
create index mcp_servers_by_tenant on mcp_servers (tenant_id, id desc);
select protect_tenant_table('mcp_servers', 'select, insert, update, delete');
