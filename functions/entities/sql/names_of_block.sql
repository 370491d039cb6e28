-- Returns the names that a block of an entity file mentions, with the words of the file name: a file is named for the
-- person or thing that it describes. Indexes store the result.
create or replace function names_of_block(p_path text, p_text text) returns text[] language sql immutable parallel safe
  return regexp_split_to_array(lower(regexp_replace(p_path, '^.*/|\.md$', '', 'g')), '[_ -]+') || names_in(p_text);

revoke all on function names_of_block from public;
grant execute on function names_of_block to apexflow_definer, apexflow_runtime;
