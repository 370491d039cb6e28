-- Proposes a fact of a worker for the next wider scope when p_least different runs have stated it, of any user of the
-- tenant. Returns whether this call proposed it.
create or replace function propose_repeated_memory(p_proposal_id text, p_memory_id text, p_least integer)
returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with fact as (
    select m.* from memories m
    where m.id = p_memory_id and m.tenant_id = current_tenant_id() and m.user_id = current_user_id()
      and m.trust = 'untrusted' and coalesce(m.valid_to, 'infinity') > now() and m.scope in ('sprint', 'worker')
      and m.source_kind in ('run', 'tool')
  ), sources as (
    select count(distinct e.source_id) as count
    from fact f
    join memories o on o.tenant_id = f.tenant_id and o.scope = f.scope
      and (o.scope = 'sprint' or o.scope_id = f.scope_id) and o.trust = 'untrusted'
      and md5(lower(o.text)) = md5(lower(f.text))
    join memory_evidence e on e.tenant_id = o.tenant_id and e.memory_id = o.id
      and e.action in ('inserted', 'reinforced')
  ), proposed as (
    insert into memory_proposals (id, tenant_id, user_id, memory_id, wanted_scope, wanted_scope_id, proposed_by, reason)
    select p_proposal_id, f.tenant_id, f.user_id, f.id, case f.scope when 'sprint' then 'worker' else 'tenant' end,
      case f.scope when 'sprint' then f.author else '' end, 'rule', format('%s runs said the same.', s.count)
    from fact f cross join sources s where s.count >= p_least
    on conflict (memory_id, wanted_scope, wanted_scope_id) do nothing
    returning 1
  )
  select exists (select from proposed);
$$;

alter function propose_repeated_memory owner to apexflow_definer;
revoke all on function propose_repeated_memory from public;
grant execute on function propose_repeated_memory to apexflow_runtime;
