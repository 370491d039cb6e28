-- Returns the user who answers for what this user does, in the audit log and in the usage: the owner of a subject, and
-- every other user for themselves.
create or replace function accountable_user_id(p_user_id text) returns text
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if is_subject(p_user_id) then
    return coalesce((select u.owner_id from users u where u.id = p_user_id), p_user_id);
  end if;
  return p_user_id;
end $$;

alter function accountable_user_id owner to apexflow_definer;
revoke all on function accountable_user_id from public;
grant execute on function accountable_user_id to apexflow_runtime;
