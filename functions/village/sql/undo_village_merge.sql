-- Takes back that the current user merged a statement. Returns false for a statement that is not merged or not theirs.
create or replace function undo_village_merge(p_id text) returns boolean
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  with undone as (
    update village_knowledge k set merged_into = null
    where k.tenant_id = current_tenant_id() and k.user_id = current_user_id() and k.id = p_id
      and k.merged_into is not null
    returning k.id
  )
  select exists (select from undone);
$$;

alter function undo_village_merge owner to apexflow_definer;
revoke all on function undo_village_merge from public;
grant execute on function undo_village_merge to apexflow_runtime;
