-- Returns the names that a turn mentions, with the words of the speaker's name. Indexes store the result.
create or replace function names_of_turn(p_speaker text, p_text text)
returns text[] language sql immutable parallel safe
  return string_to_array(lower(p_speaker), ' ') || names_in(p_text);

revoke all on function names_of_turn from public;
grant execute on function names_of_turn to apexflow_definer, apexflow_runtime;
