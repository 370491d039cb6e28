-- Returns the ids of the facts that are true at a time in the chains of the given facts, among those that the current
-- user may see.
create or replace function list_chain_facts(p_ids text[], p_at timestamptz) returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select m.id from memories m
  where m.tenant_id = current_tenant_id() and is_visible_to(current_user_id(), m.trust, m.scope, m.user_id)
    and is_true_at(p_at, m.valid_from, m.valid_to)
    and m.chains && (select array_agg(c) from memories k, unnest(k.chains) c
      where k.tenant_id = current_tenant_id() and k.id = any (p_ids));
$$;

alter function list_chain_facts owner to apexflow_definer;
revoke all on function list_chain_facts from public;
grant execute on function list_chain_facts to apexflow_runtime;
