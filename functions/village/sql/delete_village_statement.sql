-- Deletes a statement of the current user with its vector, tells those who saw it, and deletes its thread when no
-- statement is left in it. What was merged into it stands for itself again. 'forbidden': another user's statement that
-- the current user sees. 'missing': any other.
--
-- SECURITY DEFINER, because the thread may hold statements that the user does not see.
create or replace function delete_village_statement(p_id text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_found record;
begin
  select k.user_id, k.readers, k.thread_id into v_found from village_knowledge k
  where k.tenant_id = current_tenant_id() and k.id = p_id
    and (k.readers is null or current_user_id() = any (k.readers))
  for update;
  if not found then return 'missing'; end if;
  if v_found.user_id is distinct from current_user_id() then return 'forbidden'; end if;
  delete from village_knowledge k where k.id = p_id;
  update village_knowledge k set merged_into = null
  where k.tenant_id = current_tenant_id() and k.merged_into = p_id;
  delete from village_threads t where t.id = v_found.thread_id
    and not exists (select from village_knowledge k where k.thread_id = t.id);
  perform append_village_event('statement_deleted', v_found.readers,
    jsonb_build_object('statement_id', p_id, 'thread_id', v_found.thread_id));
  return 'deleted';
end $$;

alter function delete_village_statement owner to apexflow_definer;
revoke all on function delete_village_statement from public;
grant execute on function delete_village_statement to apexflow_runtime;
