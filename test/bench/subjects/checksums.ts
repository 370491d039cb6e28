import { createHash } from 'node:crypto';
import { readTables } from '../../isolation/tables.ts';
import { slowly } from './copy-subject.ts';

/** Returns the tables with rows of subjects as `from` clauses, with the column of the subject's id. */
async function sources(): Promise<{ from: string; id: string }[]> {
  const { ofTenants } = await readTables();
  const tables = ofTenants.filter(
    ({ name, columns }) => name !== 'audit_log' && columns.some((c) => c.name === 'user_id'),
  );
  return [
    ...tables.map(({ name }) => ({ from: `${name} t`, id: 't.user_id' })),
    { from: 'users t', id: 't.id' },
    { from: 'memory_vectors t join memories m on m.id = t.memory_id', id: 'm.user_id' },
  ];
}

/** Returns a checksum of all rows of each subject, by the subject's id. */
export async function checksums(): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const { from, id } of await sources()) {
    const rows = await slowly(
      `select ${id} as id, md5(string_agg(md5(t::text), '' order by md5(t::text))) as sum from ${from}
       where ${id} like 'subj\\_%' group by 1`,
    );
    for (const row of rows) {
      const before = sums.get(String(row.id)) ?? '';
      sums.set(String(row.id), createHash('md5').update(`${before} ${from} ${row.sum}`).digest('hex'));
    }
  }
  return sums;
}

/** Returns the mean number of rows of a subject and of their bytes, without indexes. */
export async function sizes(): Promise<{ rows_per_subject: number; row_bytes_per_subject: number }> {
  let count = 0;
  let bytes = 0;
  for (const { from, id } of await sources()) {
    const [row] = await slowly(
      `select count(*)::float8 as count, coalesce(sum(pg_column_size(t)), 0)::float8 as bytes from ${from} where ${id} like 'subj\\_%'`,
    );
    count += Number(row?.count);
    bytes += Number(row?.bytes);
  }
  const [subjects] = await slowly(`select count(*)::float8 as count from users where owner_id is not null`);
  const each = Number(subjects?.count);
  return { rows_per_subject: Math.round(count / each), row_bytes_per_subject: Math.round(bytes / each) };
}
