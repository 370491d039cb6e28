import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from '../../functions/platform/database/database.ts';
import { localHome } from '../../functions/platform/process/local-home.ts';
import { asOwner, usesServer } from '../entities/people.ts';

/** Returns everything that the database and the blob folder contain, as text. */
export async function everythingStored(database: Database): Promise<string> {
  const owner = (name: string, text: string) =>
    asOwner(database, (transaction) => transaction.query({ name: `test_${name}`, text }));
  const parts: string[] = [];
  if (usesServer) {
    const [row] = await owner('database', 'select current_database() as name');
    const url = new URL(process.env.DATABASE_URL ?? '');
    url.pathname = `/${row?.name}`;
    parts.push((await promisify(execFile)('pg_dump', ['--data-only', url.toString()], { maxBuffer: 1 << 28 })).stdout);
  } else {
    const tables = await owner(
      'tables',
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables)
      parts.push(JSON.stringify(await owner(`dump_${name}`, `select t.*, t::text as line from ${name} t`)));
  }
  const folder = join(localHome(), 'objects');
  // The folder is created with the first blob.
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) parts.push((await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
  return parts.join('\n');
}
