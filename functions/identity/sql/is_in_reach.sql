-- Returns whether the current user may change rows of this user: their own, and for an admin those of all users of the
-- tenant, but not those of subjects, which only the transaction of the subject itself reaches (enter_subject).
create or replace function is_in_reach(p_is_admin boolean, p_user_id text) returns boolean
language sql stable parallel safe
  return p_user_id = current_user_id() or (p_is_admin and not is_subject(p_user_id));
