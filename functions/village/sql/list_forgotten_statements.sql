-- Lists statements of all tenants that wait to be linked without a task.
create or replace function list_forgotten_statements(p_grace interval, p_limit integer)
returns table (tenant_id text, statement_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select k.tenant_id, k.id from village_knowledge k
  where k.status = 'pending'
    and is_forgotten(k.attempts, k.postponements, k.lease_until, k.updated_at, p_grace)
  order by k.updated_at limit p_limit;
$$;

alter function list_forgotten_statements owner to apexflow_definer;
revoke all on function list_forgotten_statements from public;
grant execute on function list_forgotten_statements to apexflow_runtime;
