-- Up Migration

-- Two roles, both without login. The runtime role runs every statement of the program: it owns nothing and row-level security binds it. The
-- definer role owns the few audited SECURITY DEFINER functions; a policy of its own lets it see all rows, because BYPASSRLS
-- cannot be granted on AlloyDB.
do $$
begin
  create role apexflow_runtime nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  create role apexflow_definer nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$
begin
  execute format('grant apexflow_runtime, apexflow_definer to %I', current_user);
exception when others then
  raise notice 'membership in apexflow_runtime and apexflow_definer was not granted: %', sqlerrm;
end $$;

create extension if not exists vector;
create extension if not exists pg_trgm;
do $$
begin
  if exists (select from pg_available_extensions where name = 'alloydb_scann') then
    create extension if not exists alloydb_scann cascade;
  else
    raise notice 'alloydb_scann is not available: IVFFlat indexes instead of ScaNN';
  end if;
end $$;

grant usage on schema public to apexflow_runtime, apexflow_definer;
-- Functions belong to their definer, who must be allowed to own them here.
grant create on schema public to apexflow_definer;

-- Whose rows this transaction may touch. After a commit the setting is empty, not null.
create function current_tenant_id() returns text language sql stable parallel safe
  return nullif(current_setting('app.tenant_id', true), '');
create function current_user_id() returns text language sql stable parallel safe
  return nullif(current_setting('app.user_id', true), '');

-- Puts a table behind forced row-level security and grants the runtime role these rights on it.
create function protect_tenant_table(p_table regclass, p_rights text, p_tenant_column text default 'tenant_id')
returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy tenant_isolation on %s to apexflow_runtime using (%I = current_tenant_id()) with check (%I = current_tenant_id())',
    p_table, p_tenant_column, p_tenant_column);
  execute format('create policy definer_functions on %s to apexflow_definer using (true) with check (true)', p_table);
  execute format('grant %s on %s to apexflow_runtime', p_rights, p_table);
  execute format('grant select, insert, update, delete on %s to apexflow_definer', p_table);
end $$;

create table tenants (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  worker_config jsonb not null default '{}',
  max_concurrent_sprints integer not null default 3 check (max_concurrent_sprints between 1 and 1000),
  max_parallel_nodes integer not null default 32 check (max_parallel_nodes between 1 and 10000),
  budget_usd_per_day numeric(20,10) check (budget_usd_per_day >= 0),
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
select protect_tenant_table('tenants', 'select, update', 'id');

-- A member of a tenant. `auth_subject` is the identity provider's user id; tokens of sign-ins before `tokens_valid_after` do not count.
create table users (
  id text primary key,
  tenant_id text not null references tenants (id) on delete cascade,
  auth_subject text not null unique,
  email text not null,
  display_name text not null check (length(display_name) between 1 and 200),
  role text not null check (role in ('viewer', 'member', 'admin')),
  preferences jsonb not null default '{}',
  disabled_at timestamptz,
  tokens_valid_after timestamptz not null default '-infinity',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index users_by_tenant on users (tenant_id, id);
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

-- Passwords of the local issuer, which exists on laptops only; Firebase keeps them in the cloud, where both tables stay empty.
create table local_accounts (
  subject text primary key,
  email text not null,
  password_hash text not null,
  display_name text not null,
  created_at timestamptz not null default now()
);
create unique index local_accounts_by_email on local_accounts (lower(email));
create table local_refresh_tokens (
  token_hash text primary key,
  subject text not null references local_accounts (subject) on delete cascade,
  signed_in_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index local_refresh_tokens_by_subject on local_refresh_tokens (subject);
grant select, insert, update, delete on local_accounts, local_refresh_tokens to apexflow_runtime;
grant select, delete on local_refresh_tokens to apexflow_definer;

-- Append-only: the runtime role may neither change nor remove a line.
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

-- Token buckets of public routes and of wrong keys. One row a bucket, swept when full again.
create table rate_limits (
  bucket text primary key,
  tokens double precision not null,
  updated_at timestamptz not null default now()
);
grant select, insert, update, delete on rate_limits to apexflow_runtime;
grant select, delete on rate_limits to apexflow_definer;
create index rate_limits_by_age on rate_limits (updated_at);

create table idempotency_keys (
  tenant_id text not null references tenants (id) on delete cascade,
  user_id text not null,
  route text not null,
  key text not null check (length(key) between 1 and 255),
  body_hash text not null,
  status integer,
  body jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
select protect_tenant_table('idempotency_keys', 'select, insert, update, delete');

create function role_rank(p_role text) returns integer language sql immutable parallel safe
  return case p_role when 'admin' then 3 when 'member' then 2 when 'viewer' then 1 else 0 end;

create function refuse(p_code text, p_message text, p_hint text default '') returns void language plpgsql as $$
begin
  raise exception using errcode = p_code, message = p_message, hint = p_hint;
end $$;

create function refuse_disabled_tenant(p_tenant_id text) returns void language plpgsql as $$
begin
  if exists (select from tenants where id = p_tenant_id and disabled_at is not null) then
    perform refuse('AF403', 'tenant disabled', 'Your tenant is disabled.');
  end if;
end $$;

-- Opens the transaction for a person: finds the member behind a verified token, refuses what was revoked since, and sets whose rows follow.
-- The first call of a person whom the identity provider knows and we do not makes a tenant of his own (surface.md, identity).
-- Errors: AF401 disabled or signed out; AF403 role too low or tenant disabled.
create function enter_as_user(p_subject text, p_email text, p_email_verified boolean, p_display_name text, p_signed_in_at timestamptz, p_minimum_role text,
  out user_id text, out tenant_id text, out role text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_out boolean := false;
  is_tenant_disabled boolean := false;
  member users%rowtype;
  setting text;
begin
  -- It runs with every request: one look, scalars, and settings by assignment, which costs no query.
  select u.id, u.tenant_id, u.role, u.disabled_at is not null or p_signed_in_at < u.tokens_valid_after, t.disabled_at is not null
  into user_id, tenant_id, role, is_out, is_tenant_disabled
  from users u join tenants t on t.id = u.tenant_id
  where u.auth_subject = p_subject;
  if not found then
    member := provision_account(p_subject, p_email, p_display_name, null);
    user_id := member.id;
    tenant_id := member.tenant_id;
    role := member.role;
  end if;
  if is_out then
    perform refuse('AF401', 'signed out or disabled');
  end if;
  if is_tenant_disabled then
    perform refuse_disabled_tenant(tenant_id);
  end if;
  if role_rank(role) < role_rank(p_minimum_role) then
    perform refuse('AF403', 'role too low');
  end if;
  setting := set_config('app.tenant_id', tenant_id, true);
  setting := set_config('app.user_id', user_id, true);
end $$;

-- The same for an API key: its secret's hash, expiry, scope, and the rights that its creator still has.
create function enter_as_api_key(p_key_id text, p_secret_hash text, p_access text, p_minimum_role text)
returns table (user_id text, tenant_id text, role text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  found_key api_keys%rowtype;
  member users%rowtype;
begin
  select * into found_key from api_keys where id = p_key_id;
  if not found or found_key.secret_hash <> p_secret_hash or found_key.revoked_at is not null
     or found_key.expires_at < now() then
    perform refuse('AF401', 'unknown, revoked or expired key');
  end if;
  select * into member from users where id = found_key.user_id;
  if not found or member.disabled_at is not null then
    perform refuse('AF401', 'the key''s creator is gone');
  end if;
  perform refuse_disabled_tenant(member.tenant_id);
  if not (p_access = any (found_key.scopes) or '*' = any (found_key.scopes)) then
    perform refuse('AF403', 'scope missing', 'The key does not have the scope ' || p_access || '.');
  end if;
  if role_rank(member.role) < role_rank(p_minimum_role) then
    perform refuse('AF403', 'role too low');
  end if;
  if found_key.last_used_at is null or found_key.last_used_at < now() - interval '1 minute' then
    update api_keys set last_used_at = now() where id = found_key.id;
  end if;
  perform set_config('app.tenant_id', member.tenant_id, true), set_config('app.user_id', member.id, true);
  return query select member.id, member.tenant_id, member.role;
end $$;

-- Makes the member of a person: in the tenant that he names or one of his own, as its first admin. Twice for one subject is once.
create function provision_account(p_subject text, p_email text, p_display_name text, p_tenant_name text)
returns users language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  member users%rowtype;
  tenant_name text := coalesce(nullif(trim(p_tenant_name), ''), p_display_name || '''s team');
  new_tenant_id text := 'ten_' || new_typeid_suffix();
  slug_start text;
begin
  perform pg_advisory_xact_lock(hashtextextended('provision:' || p_subject, 0));
  select * into member from users where auth_subject = p_subject;
  if found then
    return member;
  end if;
  -- A name of other letters than these leaves nothing for the slug.
  slug_start := coalesce(nullif(trim(both '-' from left(regexp_replace(lower(tenant_name), '[^a-z0-9]+', '-', 'g'), 40)), ''), 'team');
  insert into tenants (id, name, slug) values (new_tenant_id, left(tenant_name, 200), slug_start || '-' || right(new_tenant_id, 6));
  insert into users (id, tenant_id, auth_subject, email, display_name, role)
  values ('usr_' || new_typeid_suffix(), new_tenant_id, p_subject, p_email, left(p_display_name, 200), 'admin')
  returning * into member;
  return member;
end $$;

-- The 26 digits of a TypeID: 48 bits of milliseconds and 74 random bits in Crockford's base 32, as functions/platform/id.ts makes them.
create function new_typeid_suffix() returns text language plpgsql volatile as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bits text;
  suffix text := '';
  noise text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  bits := '00' || ((extract(epoch from clock_timestamp()) * 1000)::bigint)::bit(48)::text || '0111'
    || ('x' || substr(noise, 1, 3))::bit(12)::text || '10' || substr(('x' || substr(noise, 33, 12))::bit(48)::text || ('x' || substr(noise, 49, 4))::bit(16)::text, 1, 62);
  for digit in 0..25 loop
    suffix := suffix || substr(alphabet, (substr(bits, digit * 5 + 1, 5)::bit(5)::int) + 1, 1);
  end loop;
  return suffix;
end $$;

-- A refused act, in the audit log of the tenant that the verified token or key belongs to; of none when it belongs to none.
create function record_security_event(p_subject text, p_key_id text, p_action text, p_resource text, p_ip text, p_request_id text, p_data jsonb)
returns void language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  insert into audit_log (tenant_id, user_id, action, resource, outcome, ip, request_id, data)
  select u.tenant_id, u.id, p_action, p_resource, 'refused', p_ip, p_request_id, p_data
  from (select 1) one
  left join users u on u.auth_subject = p_subject or u.id = (select k.user_id from api_keys k where k.id = p_key_id);
$$;

-- Removes what has served its time, of all tenants: answers kept for repeated requests, buckets that are full again, refresh tokens that have expired. At most
-- `p_limit` of each, so that a tick stays short; the next one goes on.
create function sweep_expired(p_keep_answers interval, p_limit integer, out idempotency_keys integer, out rate_limits integer, out refresh_tokens integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from idempotency_keys k where k.ctid = any (array(
    select i.ctid from idempotency_keys i where i.created_at < now() - p_keep_answers limit p_limit));
  get diagnostics idempotency_keys = row_count;
  -- A bucket fills up within a minute.
  delete from rate_limits r where r.ctid = any (array(
    select l.ctid from rate_limits l where l.updated_at < now() - interval '5 minutes' limit p_limit));
  get diagnostics rate_limits = row_count;
  delete from local_refresh_tokens t where t.ctid = any (array(
    select e.ctid from local_refresh_tokens e where e.expires_at < now() limit p_limit));
  get diagnostics refresh_tokens = row_count;
end $$;

alter function enter_as_user(text, text, boolean, text, timestamptz, text) owner to apexflow_definer;
alter function enter_as_api_key(text, text, text, text) owner to apexflow_definer;
alter function provision_account(text, text, text, text) owner to apexflow_definer;
alter function sweep_expired(interval, integer) owner to apexflow_definer;
alter function record_security_event(text, text, text, text, text, text, jsonb) owner to apexflow_definer;
revoke all on function enter_as_user(text, text, boolean, text, timestamptz, text), enter_as_api_key(text, text, text, text),
  provision_account(text, text, text, text), record_security_event(text, text, text, text, text, text, jsonb),
  sweep_expired(interval, integer), protect_tenant_table(regclass, text, text) from public;
grant execute on function enter_as_user(text, text, boolean, text, timestamptz, text), enter_as_api_key(text, text, text, text),
  provision_account(text, text, text, text), record_security_event(text, text, text, text, text, text, jsonb),
  sweep_expired(interval, integer) to apexflow_runtime;
