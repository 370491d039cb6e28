-- Lets the rest of the transaction act for a subject of the current user, who was checked before (enter_as_user,
-- enter_as_api_key). owner_id is that user.
--
-- With p_creates an unknown subject is created with the id p_new_id; concurrent first calls create one, and an erasure
-- of the subject waits for this transaction. Without it an unknown subject gets p_new_id, which owns no rows, so that
-- its memory reads as an empty one. A user's own id as the name is the user; AF404 for any other id of a user.
create or replace function enter_subject(p_name text, p_new_id text, p_creates boolean,
  out user_id text, out tenant_id text, out role text, out owner_id text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  setting text;
begin
  owner_id := current_user_id();
  tenant_id := current_tenant_id();
  if p_name like 'usr\_%' then
    select u.id, u.role into user_id, role from users u where u.id = current_user_id() and u.id = p_name;
    if not found then
      perform refuse('AF404', 'not the id of the caller', 'There is no such user.');
    end if;
    return;
  end if;
  role := 'member';
  if p_creates then
    select u.id into user_id from users u where u.owner_id = current_user_id() and u.display_name = p_name
      for key share;
    if not found then
      insert into users (id, tenant_id, owner_id, display_name, role)
      values (p_new_id, current_tenant_id(), current_user_id(), p_name, 'member')
      on conflict do nothing returning id into user_id;
    end if;
    if user_id is null then
      select u.id into user_id from users u where u.owner_id = current_user_id() and u.display_name = p_name
        for key share;
    end if;
  else
    select u.id into user_id from users u where u.owner_id = current_user_id() and u.display_name = p_name;
  end if;
  user_id := coalesce(user_id, p_new_id);
  setting := set_config('app.user_id', user_id, true);
end $$;

alter function enter_subject owner to apexflow_definer;
revoke all on function enter_subject from public;
grant execute on function enter_subject to apexflow_runtime;
