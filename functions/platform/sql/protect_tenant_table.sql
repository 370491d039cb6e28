-- Turns on and forces row-level security for a table, and grants the runtime role these rights on it. Migrations call
-- it for each table with a tenant.
--
-- The runtime role sees and writes rows of the current tenant only. The definer role, which owns the SECURITY DEFINER
-- functions, sees all rows through a policy of its own, because AlloyDB does not grant BYPASSRLS.
create or replace function protect_tenant_table(p_table regclass, p_rights text,
  p_tenant_column text default 'tenant_id')
returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy tenant_isolation on %s to apexflow_runtime
    using (%I = current_tenant_id()) with check (%I = current_tenant_id())',
    p_table, p_tenant_column, p_tenant_column);
  execute format('create policy definer_functions on %s to apexflow_definer using (true) with check (true)', p_table);
  execute format('grant %s on %s to apexflow_runtime', p_rights, p_table);
  execute format('grant select, insert, update, delete on %s to apexflow_definer', p_table);
end $$;

revoke all on function protect_tenant_table from public;
