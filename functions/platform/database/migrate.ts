import { fileURLToPath } from 'node:url';
import type { ClientBase } from 'pg';

/**
 * Applies the migrations that are missing, oldest first, each in a transaction of its own, under node-pg-migrate's lock. Migrations go
 * forward only and are plain SQL, so that review sees what the database sees.
 * @returns the names of those applied now.
 */
export async function migrate(client: ClientBase): Promise<string[]> {
  const { runner } = await import('node-pg-migrate');
  const applied = await runner({
    dbClient: client,
    dir: MIGRATIONS,
    ignorePattern: '(schema\\.sql|\\..*)',
    direction: 'up',
    migrationsTable: 'schema_migrations',
    checkOrder: true,
    log: () => undefined,
  });
  return applied.map((migration) => migration.name);
}

/** Beside `functions/`, in the sources and in the compiled tree alike. */
const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));
