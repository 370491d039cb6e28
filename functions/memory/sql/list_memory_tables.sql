-- Lists the tables with the memory of a user, from the catalog, so that a table that is added later is not forgotten.
-- Without the objects of the git repository, which the export as a bundle has.
create or replace function list_memory_tables() returns setof text language sql stable as $$
  select c.table_name::text from information_schema.columns c
  where c.table_schema = 'public' and c.column_name = 'user_id' and c.table_name <> 'memory_objects'
    and (c.table_name like 'memor%' or c.table_name in ('user_preferences', 'scanned_runs'))
  order by 1;
$$;
