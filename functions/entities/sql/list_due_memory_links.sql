-- Lists users of all tenants whose linked repository is due for a sync. Tenants take turns, so that the many subjects
-- of one application do not delay the users of others; within a tenant the longest due comes first. A link without a
-- stored token is synced only by its user. Links of disabled users, of subjects whose owner is disabled, and of
-- disabled tenants are not synced.
create or replace function list_due_memory_links(p_limit integer) returns table (tenant_id text, user_id text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.tenant_id, d.user_id
  from (
    select l.tenant_id, l.user_id, l.next_sync_at,
      row_number() over (partition by l.tenant_id order by l.next_sync_at, l.id) as turn
    from memory_links l
    join users u on u.id = accountable_user_id(l.user_id) and u.tenant_id = l.tenant_id and u.disabled_at is null
    join tenants t on t.id = l.tenant_id and t.disabled_at is null
    where l.status = 'linked' and l.ciphertext is not null and l.next_sync_at <= now()
      and (l.lease_until is null or l.lease_until < now())
  ) d
  order by d.turn, d.next_sync_at limit p_limit;
$$;

alter function list_due_memory_links owner to apexflow_definer;
revoke all on function list_due_memory_links from public;
grant execute on function list_due_memory_links to apexflow_runtime;
