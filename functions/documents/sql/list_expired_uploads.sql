-- Lists uploads of all tenants that the sweep removes: those that have expired, and those of deleted tenants.
create or replace function list_expired_uploads(p_limit integer)
returns table (tenant_id text, user_id text, id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  (select u.tenant_id, u.user_id, u.id from uploads u
    where u.expires_at <= now() order by u.expires_at limit p_limit)
  union
  (select u.tenant_id, u.user_id, u.id from uploads u
    where not exists (select from tenants t where t.id = u.tenant_id) limit p_limit);
$$;

alter function list_expired_uploads owner to apexflow_definer;
revoke all on function list_expired_uploads from public;
grant execute on function list_expired_uploads to apexflow_runtime;
