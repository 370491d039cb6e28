-- Redacts what runs recorded of a source, before the source is erased: its facts and what was derived from them where
-- runs were shown them, and of a web page what its readers quote. An admin redacts in the whole tenant, a user their
-- own facts and runs. Returns how many rows contained one.
create or replace function redact_memory_source(p_source_id text) returns integer
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_reader record;
  v_count integer;
begin
  v_count := redact_memories(array(select d.memory_id from list_derived_memories(p_source_id) d))
    + redact_shown_blocks(null, p_source_id);
  for v_reader in
    select c.run_id, array_agg(distinct q) filter (where q is not null) as quotes from list_page_readers(p_source_id) r
    join sessions s on s.tenant_id = current_tenant_id() and s.id = r.run_id
    join users u on u.id = current_user_id() and u.tenant_id = s.tenant_id and u.disabled_at is null
      and (u.id = s.user_id or u.role = 'admin')
    join tool_calls c on c.tenant_id = s.tenant_id and c.run_id = s.id and c.name = 'web_fetch'
      and c.arguments ->> 'url' = p_source_id
    left join lateral list_page_quotes(c.output) q on true
    group by c.run_id
  loop
    update tool_calls set output = '[erased]' where tenant_id = current_tenant_id() and run_id = v_reader.run_id
      and name = 'web_fetch' and arguments ->> 'url' = p_source_id and output is not null;
    v_count := v_count + redact_run(v_reader.run_id, v_reader.quotes);
  end loop;
  return v_count;
end $$;

alter function redact_memory_source owner to apexflow_definer;
revoke all on function redact_memory_source from public;
grant execute on function redact_memory_source to apexflow_runtime;
