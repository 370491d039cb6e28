-- Returns the rank of a role; a higher rank has all rights of a lower one. 0 for an unknown role.
create or replace function role_rank(p_role text) returns integer language sql immutable parallel safe
  return case p_role when 'admin' then 3 when 'member' then 2 when 'viewer' then 1 else 0 end;
