-- Forgets what an import kept beside a row: the fields that had no place here, and the title and the reason in the
-- report. Statement trigger of the tables that imports write to, for rows that are deleted; they are `gone`. The ids
-- stay, so that a later import does not bring the item back.
create or replace function forget_imported() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update import_mappings m set rest = '{}' from gone g
    where m.tenant_id = g.tenant_id and m.target_id = g.id and m.rest <> '{}';
  update import_items i set title = '[deleted]', reason = null from gone g
    where i.tenant_id = g.tenant_id and i.target_id = g.id;
  return null;
end $$;

alter function forget_imported owner to apexflow_definer;
revoke all on function forget_imported from public;
