-- Stores the lexemes of the current user's facts, turns and blocks again when they are of another version of the
-- tokenizer. Returns how many rows it stored. SECURITY DEFINER, because turns cannot be updated by the runtime.
create or replace function retokenize_memory() returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_version constant text := tokenizer_version();
  v_table text; v_count integer; v_all integer := 0;
begin
  foreach v_table in array array['memories', 'memory_turns', 'memory_blocks'] loop
    -- A column that a generated column reads must be assigned, or Postgres keeps the generated value.
    execute format('update %I set text = text, tokenizer = $1
      where tenant_id = current_tenant_id() and user_id = current_user_id() and tokenizer <> $1', v_table)
      using v_version;
    get diagnostics v_count = row_count;
    v_all := v_all + v_count;
  end loop;
  return v_all;
end $$;

alter function retokenize_memory owner to apexflow_definer;
revoke all on function retokenize_memory from public;
grant execute on function retokenize_memory to apexflow_runtime;
