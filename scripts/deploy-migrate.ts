import pg from 'pg';
import { migrate, reportOf } from '../functions/platform/database/migrate.ts';
import { describeDatabase, serverConfig } from '../functions/platform/database/open.ts';
import { environment } from '../functions/platform/environment.ts';

/**
 * `node dist/scripts/deploy-migrate.js LOGIN` is the migration job. It creates the database if it is missing, applies
 * the missing migrations and the changed SQL functions, and lets LOGIN, the account that functions sign in with, act as
 * the runtime role. It signs in as the administrator of the database. Idempotent.
 */

/** A migration that waits for a table behind a long transaction blocks every later query on that table. */
const LOCK_TIMEOUT = '-c lock_timeout=5s';

/** Returns what was applied, as {@link migrate} does. */
export async function prepareDatabase(config: pg.ClientConfig, login: string): Promise<string[]> {
  const name = pg.escapeIdentifier(config.database ?? 'apexflow');
  await withClient({ ...config, database: 'postgres' }, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [config.database]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  });
  return withClient({ ...config, options: LOCK_TIMEOUT }, async (client) => {
    const applied = await migrate(client);
    await client.query(`grant ${environment.DATABASE_ROLE} to ${pg.escapeIdentifier(login)}`);
    return applied;
  });
}

async function withClient<Result>(
  config: pg.ClientConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(config);
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Returns the parts of the connection string, because the database that it names may not exist yet. */
async function adminConfig(): Promise<pg.ClientConfig> {
  const { connectionString, ...config } = await serverConfig();
  if (connectionString === undefined) return { ...config, database: environment.ALLOYDB_DB };
  const url = new URL(connectionString);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: url.pathname.slice(1) || environment.ALLOYDB_DB,
    ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
  };
}

if (import.meta.main) {
  const login = process.argv[2];
  if (login === undefined) throw new Error('usage: deploy-migrate LOGIN');
  const applied = await prepareDatabase(await adminConfig(), login);
  console.log(`${describeDatabase()}: ${reportOf(applied)}`);
}
