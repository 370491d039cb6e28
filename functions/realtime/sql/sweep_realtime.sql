-- Deletes at most p_limit expired tickets, and as many rows of presence that were not seen for p_presence, of all
-- tenants.
create or replace function sweep_realtime(p_presence interval, p_limit integer, out tickets integer,
  out presence_rows integer)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from socket_tickets s where s.ctid = any (array(
    select t.ctid from socket_tickets t where t.expires_at < now() limit p_limit));
  get diagnostics tickets = row_count;
  delete from presence d where d.ctid = any (array(
    select p.ctid from presence p where p.seen_at < now() - p_presence limit p_limit));
  get diagnostics presence_rows = row_count;
end $$;

alter function sweep_realtime owner to apexflow_definer;
revoke all on function sweep_realtime from public;
grant execute on function sweep_realtime to apexflow_runtime;
