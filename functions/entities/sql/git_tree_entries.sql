-- Returns the entries of a git tree object in their order: mode, name and object id. It reads the bytes in a loop; a
-- tree has some thousand entries at most, and a second copy of the entries as rows could get out of step.
create or replace function git_tree_entries(p_content bytea) returns table (mode text, name text, object_id text)
language plpgsql immutable parallel safe set search_path = pg_catalog, public, pg_temp as $$
declare
  v_at integer := 1;
  v_nul integer;
  v_head text;
begin
  while v_at <= length(p_content) loop
    -- A sync takes no path of more than 2,000 bytes. Searching further would read the rest of the tree for each entry.
    v_nul := position('\x00'::bytea in substring(p_content from v_at for 2100));
    if v_nul = 0 or length(p_content) < v_at + v_nul + 19 then raise exception 'the tree object is truncated'; end if;
    v_head := convert_from(substring(p_content from v_at for v_nul - 1), 'UTF8');
    mode := split_part(v_head, ' ', 1);
    name := substr(v_head, length(mode) + 2);
    object_id := encode(substring(p_content from v_at + v_nul for 20), 'hex');
    return next;
    v_at := v_at + v_nul + 20;
  end loop;
end $$;

revoke all on function git_tree_entries from public;
grant execute on function git_tree_entries to apexflow_runtime;
