-- Returns the tenant whose rows this transaction may see, or null. The setting is local to a transaction; after a
-- commit it is empty and not null.
create or replace function current_tenant_id() returns text language sql stable parallel safe
  return nullif(current_setting('app.tenant_id', true), '');
