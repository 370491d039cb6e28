-- Returns how many runs and chats had each true fact of the current user in their context, and when the last one did.
-- Runs of other users count, because a shared fact is theirs too; the uses of facts that were merged into a fact are
-- its own. A run that was shown both counts once.
create or replace function list_own_memory_uses()
returns table (memory_id text, uses integer, last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive member as (
    select m.id, m.id as root from memories m
    where m.tenant_id = current_tenant_id() and m.user_id = current_user_id()
      and is_true_at(null, m.valid_from, m.valid_to)
    union
    select m.id, b.root from member b
    join memories m on m.tenant_id = current_tenant_id() and m.merged_into = b.id and m.user_id = current_user_id()
  )
  select b.root, count(distinct u.run_id)::integer, max(u.used_at)
  from member b left join memory_uses u on u.tenant_id = current_tenant_id() and u.memory_id = b.id
  group by b.root;
$$;

alter function list_own_memory_uses owner to apexflow_definer;
revoke all on function list_own_memory_uses from public;
grant execute on function list_own_memory_uses to apexflow_runtime;
