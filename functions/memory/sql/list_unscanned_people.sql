-- Lists users of all tenants with ended runs that were not yet read for preferences. Runs of deleted users are left
-- out.
create or replace function list_unscanned_people(p_limit integer) returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select s.tenant_id, s.user_id from sessions s join users u on u.id = s.user_id and u.tenant_id = s.tenant_id
  where not s.remme_scanned and s.status in ('completed', 'failed')
  group by s.tenant_id, s.user_id order by min(s.created_at) limit p_limit;
$$;

alter function list_unscanned_people owner to apexflow_definer;
revoke all on function list_unscanned_people from public;
grant execute on function list_unscanned_people to apexflow_runtime;
