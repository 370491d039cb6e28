-- Lists imports of all tenants that wait without a task.
create or replace function list_forgotten_imports(p_grace interval, p_limit integer)
returns table (tenant_id text, user_id text, import_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.tenant_id, i.user_id, i.id from imports i
  where i.status = 'pending'
    and is_forgotten(i.attempts, i.postponements, i.lease_until, i.updated_at, p_grace)
  order by i.updated_at limit p_limit;
$$;

alter function list_forgotten_imports owner to apexflow_definer;
revoke all on function list_forgotten_imports from public;
grant execute on function list_forgotten_imports to apexflow_runtime;
