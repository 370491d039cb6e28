-- Returns the user whose rows this transaction may see, or null. See current_tenant_id.
create or replace function current_user_id() returns text language sql stable parallel safe
  return nullif(current_setting('app.user_id', true), '');
