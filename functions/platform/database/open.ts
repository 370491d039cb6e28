import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import { z } from 'zod';
import { environment } from '../environment.ts';
import { log } from '../log.ts';
import { createDatabase } from './create-database.ts';
import type { Connections, Database } from './database.ts';

let opened: Promise<Database> | undefined;

/**
 * Opens this process's database once: the server of `DATABASE_URL`; otherwise AlloyDB, by private address or, with
 * `ALLOYDB_INSTANCE_URI`, by Google's connector; otherwise the embedded database, which is rejected on Cloud Run.
 */
export function openDatabase(): Promise<Database> {
  opened ??= connect();
  return opened;
}

/** Closes the database and forgets it, at shutdown and between tests. The next {@link openDatabase} opens it again. */
export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = undefined;
  if (closing) await (await closing).close();
}

/** Describes where the database is, for people. Contains no password. */
export function describeDatabase(): string {
  if (environment.DATABASE_URL) return `PostgreSQL at ${new URL(environment.DATABASE_URL).host}`;
  if (environment.ALLOYDB_INSTANCE_URI) return `AlloyDB ${environment.ALLOYDB_INSTANCE_URI}`;
  if (environment.ALLOYDB_HOST) return `AlloyDB at ${environment.ALLOYDB_HOST}`;
  return `embedded PostgreSQL in ${embeddedFolder()}`;
}

/** Returns the folder of the embedded database. */
export function embeddedFolder(): string {
  return join(environment.APEXFLOW_HOME ?? '.apexflow', 'postgres');
}

export function usesEmbeddedDatabase(): boolean {
  return !environment.DATABASE_URL && !environment.ALLOYDB_HOST && !environment.ALLOYDB_INSTANCE_URI;
}

async function connect(): Promise<Database> {
  if (usesEmbeddedDatabase()) {
    if (environment.isCloud) throw new Error('This service has no database: set DATABASE_URL or ALLOYDB_HOST');
    const { openEmbedded } = await import('./embedded.ts');
    const connections = await openEmbedded(embeddedFolder(), environment.DATABASE_ROLE);
    const database = createDatabase(connections);
    if (connections.mustPurge) await database.purge();
    return database;
  }
  return createDatabase(
    await openServer({ ...(await serverConfig()), options: sessionOptions(environment.DATABASE_ROLE) }),
  );
}

/** Temporary objects come last, so that none can take the place of a table or function. */
const SEARCH_PATH = 'search_path=public,pg_temp';

/**
 * Returns the settings of every session: the role that owns nothing, UTC, and time limits. JIT compilation is off: a
 * search of a few milliseconds was compiled for three seconds, because the planner overestimated its cost. The
 * search_path holds for SQL functions with the caller's rights as well: a `set search_path` of their own costs a turn
 * of the engine a fifth of the server's CPU time. Functions with the definer's rights have one of their own.
 */
function sessionOptions(role: string | undefined): string {
  const settings = [
    'timezone=UTC',
    'statement_timeout=30s',
    'idle_in_transaction_session_timeout=60s',
    'jit=off',
    SEARCH_PATH,
  ];
  if (role !== undefined) settings.push(`role=${role}`);
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

/** Returns the connection settings of the server, without session settings. Migrations use it too. */
export async function serverConfig(): Promise<PoolConfig> {
  const ssl = tls();
  if (environment.DATABASE_URL)
    return { connectionString: environment.DATABASE_URL, ...(ssl === undefined ? {} : { ssl }) };
  const login = {
    database: environment.ALLOYDB_DB,
    user: environment.ALLOYDB_USER,
    password: environment.ALLOYDB_IAM_AUTH ? accessToken : environment.ALLOYDB_PASSWORD,
  };
  if (environment.ALLOYDB_INSTANCE_URI) {
    return { ...login, ...(await connectorOptions(environment.ALLOYDB_INSTANCE_URI, environment.ALLOYDB_IAM_AUTH)) };
  }
  return { ...login, host: environment.ALLOYDB_HOST, port: 5432, ssl: ssl ?? { rejectUnauthorized: false } };
}

/**
 * Returns the TLS settings; undefined leaves them to the connection string. AlloyDB's certificate is private, so
 * `require` does not verify its chain.
 */
function tls(): PoolConfig['ssl'] {
  if (environment.DB_SSLMODE === undefined) return undefined;
  if (environment.DB_SSLMODE === 'disable') return false;
  const ca = environment.DB_SSL_ROOT_CERT ? { ca: readFileSync(environment.DB_SSL_ROOT_CERT, 'utf8') } : {};
  return { rejectUnauthorized: environment.DB_SSLMODE === 'verify-full', ...ca };
}

/**
 * Returns an OAuth token of the service account, which is the password of an IAM database user. pg calls this for each
 * new connection.
 */
async function accessToken(): Promise<string> {
  const { GoogleAuth } = await import('google-auth-library');
  const token = await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/alloydb.login' }).getAccessToken();
  if (!token)
    throw new Error('There is no access token for the AlloyDB IAM user: attach a service account to this service');
  return token;
}

/**
 * The part of `@google-cloud/alloydb-connector` that this file uses. The package is an optional peer: not every
 * registry has it.
 */
const Connector = z.object({
  AlloyDBConnector: z.custom<new () => { getOptions(options: object): Promise<PoolConfig> }>(),
});

/**
 * Returns connection options from Google's AlloyDB connector, which opens a TLS tunnel and can sign in as the service
 * account.
 * @throws Error that says what to install when the package is missing.
 */
async function connectorOptions(instanceUri: string, useIam: boolean): Promise<PoolConfig> {
  const name = '@google-cloud/alloydb-connector';
  const module: unknown = await import(name).catch((cause: unknown) => {
    throw new Error(
      `ALLOYDB_INSTANCE_URI needs the package ${name}, which is not installed. Run "npm install ${name}", or unset the variable and set ALLOYDB_HOST to the instance's private address.`,
      { cause },
    );
  });
  const { AlloyDBConnector } = Connector.parse(module);
  return new AlloyDBConnector().getOptions({ instanceUri, ipType: 'PRIVATE', authType: useIam ? 'IAM' : 'PASSWORD' });
}

/** Opens a pool. Its LISTEN session is opened with the first listener. */
async function openServer(config: PoolConfig): Promise<Connections> {
  const { default: pg } = await import('pg');
  const { setTypeParsers } = await import('./type-parsers.ts');
  setTypeParsers(pg.types);
  const pool = new pg.Pool({
    max: environment.DB_POOL_MAX,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    ...config,
  });
  pool.on('error', (error) => log('warning', 'idle database connection lost', { error }));
  const { createListener } = await import('./listener.ts');
  const listener = createListener(() => new pg.Client(config));
  return {
    pool,
    listen: listener.listen,
    purge: () => Promise.resolve(),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}
