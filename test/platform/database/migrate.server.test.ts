import { expect, test } from 'vitest';
import { migrate } from '../../../functions/platform/database/migrate.ts';
import { createEmptyDatabase } from './schema-sandbox.ts';

test('the schema of the product is applied once by concurrent migrations, which wait longer than the lock timeout', async () => {
  const database = await createEmptyDatabase();
  try {
    const { client: holder } = database;
    await holder.query(`begin; select pg_advisory_xact_lock(hashtextextended('apexflow migrate', 0))`);
    const sessions = await Promise.all([1, 2].map(() => database.connect('-c lock_timeout=1ms')));
    const migrations = Promise.all(sessions.map((client) => migrate(client)));
    // Asked more than once, so both have waited for longer than a millisecond.
    await expect.poll(() => waitersOf(holder)).toBe(2);
    await expect.poll(() => waitersOf(holder)).toBe(2);
    await holder.query('commit');
    const [one = [], other = []] = (await migrations).sort((a, b) => a.length - b.length);
    expect(one).toEqual([]);
    expect(other).toContain('migration 1700000000001_roles-and-extensions');
    expect(other).toContain('function search_memories');
  } finally {
    await database.close();
  }
});

async function waitersOf(client: { query(text: string): Promise<{ rows: { count: number }[] }> }): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::integer as count from pg_locks where locktype = 'advisory' and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows[0]?.count ?? 0;
}
