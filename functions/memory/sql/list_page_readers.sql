-- Lists the runs of the tenant that opened a web page, and when. For the functions that revert and erase a source.
create or replace function list_page_readers(p_source_id text) returns table (run_id text, read_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select c.run_id, min(c.started_at) from tool_calls c
  where c.tenant_id = current_tenant_id() and c.name = 'web_fetch' and c.arguments ->> 'url' = p_source_id
    and p_source_id ~ '^https?://'
  group by c.run_id;
$$;

alter function list_page_readers owner to apexflow_definer;
revoke all on function list_page_readers from public;
