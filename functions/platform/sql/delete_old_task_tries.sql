-- Deletes the records of failed attempts whose task succeeded later: they are not dead, and no attempt followed for
-- p_older_than. Returns how many.
create or replace function delete_old_task_tries(p_older_than interval) returns integer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from dead_letters where died_at is null
    and tried_at < now() - p_older_than returning 1) select count(*)::integer from gone;
$$;

alter function delete_old_task_tries owner to apexflow_definer;
revoke all on function delete_old_task_tries from public;
grant execute on function delete_old_task_tries to apexflow_runtime;
