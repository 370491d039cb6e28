-- Up Migration

-- Secrets of a tenant, each under a data key of its own that a key outside of the database wraps. Tenant, name and version are bound into both, so a row
-- that is copied elsewhere does not open. Base64.
create table tenant_secrets (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  name text not null check (length(name) between 1 and 64),
  version integer not null default 1 check (version >= 1),
  ciphertext text not null,
  wrapped_key text not null,
  key_name text not null,
  updated_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  last_used_at timestamptz,
  unique (tenant_id, name)
);
create index tenant_secrets_by_tenant on tenant_secrets (tenant_id, id desc);
select protect_tenant_table('tenant_secrets', 'select, insert, update, delete');
