-- Lists the proposals that the current user may decide, newest first: their own, and for an admin those that their
-- users endorsed.
create or replace function list_memory_proposals(p_before text, p_limit integer)
returns table (id text, memory_id text, user_id text, text text, flags text[], author text, source text,
  source_kind text, source_id text, confidence real, scope text, scope_id text, wanted_scope text, wanted_scope_id text,
  proposed_by text, reason text, status text, created_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select p.id, p.memory_id, p.user_id, m.text, m.flags, m.author, m.source, m.source_kind, m.source_id, m.confidence,
    m.scope, m.scope_id, p.wanted_scope, p.wanted_scope_id, p.proposed_by, p.reason, p.status, p.created_at
  from memory_proposals p join memories m on m.id = p.memory_id
  where p.tenant_id = current_tenant_id() and (p_before is null or p.id < p_before)
    and coalesce(m.valid_to, 'infinity') > now()
    and ((p.status = 'proposed' and p.user_id = current_user_id())
      or (p.status = 'endorsed' and not is_subject(p.user_id) and exists (
        select from users u where u.id = current_user_id() and u.tenant_id = current_tenant_id() and u.role = 'admin'
          and u.disabled_at is null)))
  order by p.id desc limit p_limit;
$$;

alter function list_memory_proposals owner to apexflow_definer;
revoke all on function list_memory_proposals from public;
grant execute on function list_memory_proposals to apexflow_runtime;
