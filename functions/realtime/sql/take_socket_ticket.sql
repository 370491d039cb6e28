-- Takes a ticket: deletes it and returns what its caller is known by, or no row when it is unknown, taken or expired.
-- Of concurrent calls one gets the row. Runs before the tenant is known.
create or replace function take_socket_ticket(p_ticket_hash text)
returns table (tenant_id text, user_id text, identity jsonb)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with taken as (delete from socket_tickets t where t.ticket_hash = p_ticket_hash returning t.*)
  select t.tenant_id, t.user_id, t.identity from taken t where t.expires_at > clock_timestamp();
$$;

alter function take_socket_ticket owner to apexflow_definer;
revoke all on function take_socket_ticket from public;
grant execute on function take_socket_ticket to apexflow_runtime;
