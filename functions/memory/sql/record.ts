import type { Queryable } from '../../platform/database/database.ts';

/** Returns the names of the tables with a user's memory. SQL function `list_memory_tables`. */
export async function listMemoryTables(queryable: Queryable): Promise<string[]> {
  const rows = await queryable.query<{ name: string }>({
    name: 'list_memory_tables',
    text: 'select name from list_memory_tables() as t (name)',
  });
  return rows.map(({ name }) => name);
}

/** Returns a page of the current user's rows of a table. SQL function `list_memory_records`. */
export async function listMemoryRecords(
  queryable: Queryable,
  page: { table: string; offset: number; limit: number },
): Promise<unknown[]> {
  const rows = await queryable.query<{ record: unknown }>({
    name: 'list_memory_records',
    text: 'select record from list_memory_records($1, $2, $3) as t (record)',
    values: [page.table, page.offset, page.limit],
  });
  return rows.map(({ record }) => record);
}
