-- Tenants, their users, and how both prove who they are.

create table tenants (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  worker_config jsonb not null default '{}',
  -- What the tenant pays for models that the price table does not have, by provider/model.
  prices jsonb not null default '{}',
  max_concurrent_sprints integer not null default 3 check (max_concurrent_sprints between 1 and 1000),
  max_parallel_nodes integer not null default 32 check (max_parallel_nodes between 1 and 10000),
  budget_usd_per_day numeric(20,10) check (budget_usd_per_day >= 0),
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  -- Hosts that the commands and web tools of every run may reach; an admin sets them. A run may name fewer.
  allowed_hosts text[] not null default '{}'
);
select protect_tenant_table('tenants', 'select, update', 'id');

-- A member of a tenant, or a subject: somebody whose memory an application keeps in the name of its owner. A subject
-- cannot sign in; its id begins with subj_ (is_subject), and display_name is the name that its owner gave it.
--
-- auth_subject is the user id of the identity provider. Tokens of sign-ins before tokens_valid_after are revoked.
create table users (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  owner_id text references users (id) on delete cascade,
  auth_subject text unique,
  email text,
  display_name text not null check (length(display_name) between 1 and 200),
  role text not null check (role in ('viewer', 'member', 'admin')),
  preferences jsonb not null default '{}',
  disabled_at timestamptz,
  tokens_valid_after timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((owner_id is not null) = (id like 'subj\_%')),
  check (case when owner_id is null then auth_subject is not null and email is not null
    else auth_subject is null and email is null and role = 'member' end)
);
create index users_by_tenant on users (tenant_id, id);
create unique index users_subjects on users (owner_id, display_name) where owner_id is not null;
create index users_subjects_by_id on users (owner_id, id desc) where owner_id is not null;
create index users_by_email on users (lower(email));
select protect_tenant_table('users', 'select, update');

-- Only the hash of a key's secret is stored; the key itself is shown once.
create table api_keys (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  name text not null check (length(name) between 1 and 200),
  secret_hash text not null,
  last_four text not null,
  scopes text[] not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  created_at timestamptz not null default now()
);
create index api_keys_by_user on api_keys (tenant_id, user_id, id desc);
select protect_tenant_table('api_keys', 'select, insert, update');

-- Passwords and refresh tokens of the local issuer, which exists on laptops only. In the cloud Firebase keeps them, and
-- both tables are empty.
create table local_accounts (
  subject text primary key,
  email text not null,
  password_hash text not null,
  display_name text not null,
  created_at timestamptz not null default now()
);
create unique index local_accounts_by_email on local_accounts (lower(email));
-- A refresh token is exchanged once, for its successor of the same sign-in (family).
create table local_refresh_tokens (
  token_hash text primary key,
  -- The hash of the first token of the sign-in.
  family text not null,
  -- The successor is the HMAC of the token with this key, so a concurrent exchange gets the same successor.
  successor_key text,
  exchanged_at timestamptz,
  subject text not null references local_accounts (subject) on delete cascade,
  signed_in_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index local_refresh_tokens_by_subject on local_refresh_tokens (subject);
create index local_refresh_tokens_by_family on local_refresh_tokens (family);
grant select, insert, update, delete on local_accounts, local_refresh_tokens to apexflow_runtime;
grant select, delete on local_refresh_tokens to apexflow_definer;

-- Append-only: the runtime role may neither change nor delete a line.
create table audit_log (
  id bigint generated always as identity primary key,
  tenant_id text references tenants (id) on delete cascade,
  user_id text,
  action text not null,
  resource text,
  outcome text not null check (outcome in ('allowed', 'refused')),
  ip text,
  request_id text,
  data jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index audit_log_by_tenant on audit_log (tenant_id, created_at desc);
select protect_tenant_table('audit_log', 'select, insert');
create trigger audit_log_actor before insert on audit_log for each row execute function attribute_audit_line();

-- Secrets of a tenant, base64. Each is encrypted with its own data key, which a key outside of the database wraps.
-- Tenant, name and version are bound into both ciphertexts, so a row that is copied elsewhere cannot be decrypted.
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
