-- Opens a transaction for an API key, as enter_as_user does for a token. Checks the hash of the secret, the expiry,
-- the scope, and the rights that the key's creator still has. A key of any scopes has the access 'signed-in'.
--
-- Errors: AF401 when the key is unknown, revoked or expired, or its creator is gone; AF403 when the tenant is
-- disabled, the scope is missing or the creator's role is too low.
create or replace function enter_as_api_key(p_key_id text, p_secret_hash text, p_access text, p_minimum_role text)
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
  if not (p_access = 'signed-in' or p_access = any (found_key.scopes) or '*' = any (found_key.scopes)) then
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

alter function enter_as_api_key owner to apexflow_definer;
revoke all on function enter_as_api_key from public;
grant execute on function enter_as_api_key to apexflow_runtime;
