-- Lists users of all tenants whose linked repository is due for a sync, the longest due first. A link without a stored
-- token is synced only by its user. Links of disabled users and tenants are not synced.
create or replace function list_due_memory_links(p_limit integer) returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.tenant_id, l.user_id from memory_links l
  join users u on u.id = l.user_id and u.tenant_id = l.tenant_id and u.disabled_at is null
  join tenants t on t.id = l.tenant_id and t.disabled_at is null
  where l.status = 'linked' and l.ciphertext is not null and l.next_sync_at <= now()
    and (l.lease_until is null or l.lease_until < now())
  order by l.next_sync_at limit p_limit;
$$;

alter function list_due_memory_links owner to apexflow_definer;
revoke all on function list_due_memory_links from public;
grant execute on function list_due_memory_links to apexflow_runtime;
