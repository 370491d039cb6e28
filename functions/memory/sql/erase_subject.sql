-- Erases a subject of the current user: every row with its id (erase_memory_of_person) and its name. Requests that
-- write for the subject finish before, or begin after it with a new subject of that name. Returns what
-- erase_memory_of_person returns; null when the current user has no such subject.
create or replace function erase_subject(p_name text, p_steps text[]) returns json
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_id text;
  v_erased json;
begin
  select u.id into v_id from users u where u.owner_id = current_user_id() and u.display_name = p_name for update;
  if not found then
    return null;
  end if;
  v_erased := erase_memory_of_person(v_id, true, p_steps);
  delete from users where id = v_id;
  return v_erased;
end $$;

alter function erase_subject owner to apexflow_definer;
revoke all on function erase_subject from public;
grant execute on function erase_subject to apexflow_runtime;
