-- Opens a transaction for the user of a verified token: finds the member, rejects a session that was revoked, and sets
-- the tenant and the user for row-level security. The first call of a subject that the identity provider knows creates
-- a tenant for them (functions/identity/README.md).
--
-- Errors: AF401 when the user is disabled or signed out; AF403 when the tenant is disabled or the role is too low.
create or replace function enter_as_user(p_subject text, p_email text, p_email_verified boolean, p_display_name text,
  p_signed_in_at timestamptz, p_minimum_role text, out user_id text, out tenant_id text, out role text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  is_out boolean := false;
  is_tenant_disabled boolean := false;
  member users%rowtype;
  setting text;
begin
  -- It runs with every request: one query, and set_config by assignment, which needs no query of its own.
  select u.id, u.tenant_id, u.role, 
    u.disabled_at is not null or p_signed_in_at < u.tokens_valid_after, t.disabled_at is not null
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

alter function enter_as_user owner to apexflow_definer;
revoke all on function enter_as_user from public;
grant execute on function enter_as_user to apexflow_runtime;
