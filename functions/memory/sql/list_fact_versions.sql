-- Returns the ids of the facts that share a chain with a fact, itself included, of those that were merged into it,
-- also by way of others, and of the one that it was merged into, among those that the current user may see. Empty for
-- a fact that the current user cannot see.
create or replace function list_fact_versions(p_id text) returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.id from memories k
  join memories m on m.tenant_id = k.tenant_id
    and (m.chains && k.chains or m.merged_into = k.id or m.id = k.merged_into
      or m.id in (select list_merged_memories(k.id)))
    and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id)
  where k.id = p_id and k.tenant_id = current_tenant_id()
    and is_visible_to(current_user_id(), k.trust, k.scope, k.user_id);
$$;

alter function list_fact_versions owner to apexflow_definer;
revoke all on function list_fact_versions from public;
grant execute on function list_fact_versions to apexflow_runtime;
