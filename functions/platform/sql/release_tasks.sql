-- Deletes tasks from the outbox, after the queue accepted them. PL/pgSQL keeps the plan; a SQL function would be
-- planned for each call.
create or replace function release_tasks(p_task_names text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from outbox where task_name = any (p_task_names);
end $$;

alter function release_tasks owner to apexflow_definer;
revoke all on function release_tasks from public;
grant execute on function release_tasks to apexflow_runtime;
