-- Lists blobs of all tenants that no file of a run and no kept version of a file has, and that nobody stored within the
-- grace period.
create or replace function list_unused_blobs(p_grace interval, p_limit integer)
returns table (tenant_id text, sha256 text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select b.tenant_id, b.sha256 from run_blobs b
  where b.stored_at < now() - p_grace
    and not exists (select from run_files f where f.tenant_id = b.tenant_id and f.sha256 = b.sha256)
    and not exists (select from run_file_versions v
      where v.tenant_id = b.tenant_id and v.sha256 = b.sha256 and v.kept)
  order by b.stored_at limit p_limit;
$$;

alter function list_unused_blobs owner to apexflow_definer;
revoke all on function list_unused_blobs from public;
grant execute on function list_unused_blobs to apexflow_runtime;
