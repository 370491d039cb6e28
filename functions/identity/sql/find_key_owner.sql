-- Returns the owner of an API key whose secret is right, and whether the key is valid; nulls for an unknown key or a
-- wrong secret. It gives no rights: enter_as_api_key checks the key again with every transaction.
create or replace function find_key_owner(p_key_id text, p_secret_hash text, out subject text, out is_valid boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select u.auth_subject,
    k.revoked_at is null and coalesce(k.expires_at >= now(), true) and u.disabled_at is null
  from api_keys k join users u on u.id = k.user_id
  where k.id = p_key_id and k.secret_hash = p_secret_hash;
$$;

alter function find_key_owner owner to apexflow_definer;
revoke all on function find_key_owner from public;
grant execute on function find_key_owner to apexflow_runtime;
