-- Raises AF403 when the tenant is disabled.
create or replace function refuse_disabled_tenant(p_tenant_id text) returns void language plpgsql as $$
begin
  if exists (select from tenants where id = p_tenant_id and disabled_at is not null) then
    perform refuse('AF403', 'tenant disabled', 'Your tenant is disabled.');
  end if;
end $$;
