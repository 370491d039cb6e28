-- Returns the ids of the facts that their user merged into a fact of theirs, and of those merged into these. What a
-- promotion replaced by the same fact of another scope is not among them. For functions that check the fact first.
create or replace function list_merged_memories(p_id text) returns setof text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive merged as (
    select m.id, m.user_id from memories m where m.tenant_id = current_tenant_id() and m.id = p_id
    union
    select m.id, m.user_id from merged k
    join memories m on m.tenant_id = current_tenant_id() and m.merged_into = k.id and m.user_id = k.user_id
    where exists (select from memory_evidence e where e.tenant_id = current_tenant_id() and e.memory_id = k.id
      and e.other_id = m.id and e.action = 'merged')
  )
  select k.id from merged k where k.id <> p_id;
$$;

alter function list_merged_memories owner to apexflow_definer;
revoke all on function list_merged_memories from public;
