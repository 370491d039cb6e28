-- Returns whether a fact is true at a time; a null time means now.
create or replace function is_true_at(p_as_of timestamptz, p_valid_from timestamptz, p_valid_to timestamptz)
returns boolean language sql stable parallel safe
  return p_valid_from <= coalesce(p_as_of, now()) and (p_valid_to is null or p_valid_to > coalesce(p_as_of, now()));

revoke all on function is_true_at from public;
grant execute on function is_true_at to apexflow_definer, apexflow_runtime;
