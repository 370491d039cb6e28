-- Deletes reservations that were written off before today. The run's unknown cost contains their amounts, and the
-- daily budget of that day no longer matters. Returns how many.
create or replace function delete_written_off_reservations() returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from call_reservations
    where written_off_at < day_started_at() returning 1) select count(*)::integer from gone;
$$;

alter function delete_written_off_reservations owner to apexflow_definer;
revoke all on function delete_written_off_reservations from public;
grant execute on function delete_written_off_reservations to apexflow_runtime;
