-- Returns whether a fact was true at a time. A null time asks whether the fact is true now and was not replaced.
create or replace function is_true_at(p_as_of timestamptz, p_valid_from timestamptz, p_valid_to timestamptz,
  p_superseded_by text) returns boolean
language sql stable parallel safe
  return case when p_as_of is null then p_superseded_by is null and (p_valid_to is null or p_valid_to > now())
    else p_valid_from <= p_as_of and (p_valid_to > p_as_of or (p_valid_to is null and p_superseded_by is null)) end;

revoke all on function is_true_at from public;
grant execute on function is_true_at to apexflow_definer;
