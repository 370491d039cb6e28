import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Connections } from './database.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { Purge } from './purge.ts';

/**
 * Opens the embedded database: PGlite with pgvector, in this process and in one folder, for one user on one machine. It
 * has one session, so the pool has one client. PGlite does not lock its folder against a second process, so a lock file
 * beside the folder does. Missing migrations are applied at every opening, because a laptop has no deployment step.
 */
export async function openEmbedded(folder: string, role: string | undefined): Promise<Connections> {
  const inMemory = folder.startsWith('memory://');
  if (!inMemory) mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const releaseLock = inMemory ? () => undefined : await takeLock(`${folder}.lock`);
  const [{ PGlite }, { vector }, { pg_trgm }, { createPgConfig }, { default: pg }, { setTypeParsers }] =
    await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-pgvector'),
      import('@electric-sql/pglite/contrib/pg_trgm'),
      import('@electric-sql/pglite/node-postgres'),
      import('pg'),
      import('./type-parsers.ts'),
    ]);
  setTypeParsers(pg.types);
  const engine = await PGlite.create(folder, { extensions: { vector, pg_trgm } });
  const pool = new pg.Pool({
    ...createPgConfig(engine),
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 30_000,
  });
  // Segments of the write-ahead log are deleted and not used again, because a purge must leave no old bytes in them.
  await engine.exec(`set timezone = 'UTC'; set wal_recycle = off`);
  const client = await pool.connect();
  await migrate(client).finally(() => client.release());
  await engine.exec('set search_path = public, pg_temp');
  if (role !== undefined) await engine.exec(`set role ${role}`);
  const purge = new Purge(pool, folder, role);
  return {
    pool,
    // The database works in this thread. Without a pause, statements that wait follow each other without the event
    // loop: it accepts one connection a turn, and with 200 users some waited for 8 s.
    beforeUse: () => setImmediate(),
    listen: (channel, hear) => engine.listen(channel, hear),
    purge: () => (inMemory ? Promise.resolve() : purge.run()),
    mustPurge: purge.isCutOff,
    close: async () => {
      await pool.end();
      await engine.close();
      releaseLock();
    },
  };
}
