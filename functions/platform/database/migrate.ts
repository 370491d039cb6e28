import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunnerOption } from 'node-pg-migrate';
import type { ClientBase } from 'pg';
import { SqlFunctionsUpdate } from './update-sql-functions.ts';

/** Where the schema comes from. */
export interface SchemaFolders {
  /** The migrations: `<number>_<name>.sql`, oldest first. */
  migrations: string;
  /** The domains, each with its SQL functions in `<domain>/sql/<name>.sql`. */
  functions: string;
}

/** The schema of the product. The folders lie beside each other in the sources and in the compiled tree. */
export const SCHEMA_FOLDERS: SchemaFolders = {
  migrations: fileURLToPath(new URL('../../../migrations', import.meta.url)),
  functions: fileURLToPath(new URL('../..', import.meta.url)),
};

/**
 * Brings a database up to date: applies the missing migrations, oldest first, then the SQL functions whose files
 * changed, and drops the functions whose files were removed. Everything is one transaction: after an error the database
 * is as it was before. Idempotent; concurrent calls wait for each other, and the second one finds nothing to do.
 *
 * A migration may use a function, in an index, a generated column, a policy or a trigger. Such a function, and the
 * functions that it calls, are applied directly before the first migration that names them, so they cannot depend on
 * its tables.
 * @returns What was applied: `migration <name>`, `function <name>`, `dropped function <name>`.
 */
export async function migrate(client: ClientBase, folders: SchemaFolders = SCHEMA_FOLDERS): Promise<string[]> {
  await client.query('begin');
  try {
    const applied = await applyAll(client, folders);
    await client.query('commit');
    return applied;
  } catch (error) {
    // The connection may be lost, and then the server rolls back by itself.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Returns a line for the log: what {@link migrate} applied, or `up to date`. */
export function reportOf(applied: readonly string[]): string {
  return applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`;
}

async function applyAll(client: ClientBase, folders: SchemaFolders): Promise<string[]> {
  await waitForOthers(client);
  const functions = await SqlFunctionsUpdate.start(client, folders.functions);
  const { runner } = await import('node-pg-migrate');
  const migrations = await runner({
    dbClient: client,
    dir: folders.migrations,
    ignorePattern: '(schema\\.sql|\\..*)',
    direction: 'up',
    migrationsTable: 'schema_migrations',
    checkOrder: true,
    // The transaction and the lock are this module's.
    singleTransaction: false,
    noLock: true,
    migrationLoaderStrategies: [{ extensions: ['.sql'], loader: loadWith(functions) }],
    log: () => undefined,
  });
  await functions.finish();
  return [...migrations.map(({ name }) => `migration ${name}`), ...functions.changes];
}

type MigrationLoader = Exclude<NonNullable<RunnerOption['migrationLoaderStrategies']>[number]['loader'], string>;

/** Reads migrations that run in the transaction of the caller, each after the functions that it calls. */
function loadWith(functions: SqlFunctionsUpdate): MigrationLoader {
  return async (files) =>
    files.map((file) => {
      const text = readFileSync(file, 'utf8');
      return {
        id: file,
        filePaths: [file],
        actions: {
          up: async (migration) => {
            await functions.applyCalledBy(text);
            migration.noTransaction();
            migration.sql(text);
          },
          down: false,
        },
      };
    });
}

/**
 * Takes the lock of all migrating processes until the transaction ends. Callers set a short `lock_timeout` for the
 * locks of tables; another migration may take longer, so it does not apply here.
 */
async function waitForOthers(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ timeout: string }>(`select current_setting('lock_timeout') as timeout`);
  await client.query(`select set_config('lock_timeout', '10min', true)`);
  await client.query(`select pg_advisory_xact_lock(hashtextextended('apexflow migrate', 0))`);
  await client.query(`select set_config('lock_timeout', $1, true)`, [rows[0]?.timeout ?? '0']);
}
