import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../functions/platform/database/migrate.ts';
import { POOL_SIZE } from './chain/load.ts';

/** A database of the benchmark with the product's schema and additional tables. */
export interface BenchDatabase {
  url: string;
  /** Tenant of all rows. */
  tenantId: string;
  userId: string;
  drop(): Promise<void>;
}

/** Subject of the benchmark's user. */
export const SUBJECT = 'bench-person';

export async function createBenchDatabase(serverUrl: string): Promise<BenchDatabase> {
  const name = `apexflow_bench_${randomBytes(4).toString('hex')}`;
  await administer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await migrate(client);
    const { rows } = await client.query<{ id: string; tenant_id: string }>(
      `select id, tenant_id from provision_account($1, 'bench@example.com', 'Bench', null)`,
      [SUBJECT],
    );
    const [person] = rows;
    if (person === undefined) throw new Error('provision_account returned no user');
    await client.query(SCHEMA);
    await client.query(
      `insert into bench_people select number, $1, 'person ' || number, number || '@example.org' from generate_series(1, ${PEOPLE}) number`,
      [person.tenant_id],
    );
    await client.query('vacuum analyze bench_people');
    const drop = () => administer(serverUrl, `drop database ${name} with (force)`);
    return { url: url.href, tenantId: person.tenant_id, userId: person.id, drop };
  } finally {
    await client.end();
  }
}

/** Returns the environment of a process that measures the product. */
export function productEnvironment({ url, tenantId }: BenchDatabase, home: string): Record<string, string> {
  return {
    DATABASE_URL: url,
    OWNER_URL: url,
    DB_POOL_MAX: String(POOL_SIZE),
    APEXFLOW_HOME: home,
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    BENCH_TENANT: tenantId,
  };
}

/** Rows of the table that requests read. */
export const PEOPLE = 10_000;

/**
 * Tables of the product's chains have forced row-level security, as all tables of tenants. Tables of the floor have
 * not.
 */
const SCHEMA = `
  create table bench_people (id integer primary key, tenant_id text not null, name text not null, email text not null);
  select protect_tenant_table('bench_people', 'select');

  create table bench_chains (id text primary key, tenant_id text not null, step integer not null default 0) with (fillfactor = 80);
  create table bench_records (chain_id text, step integer, tenant_id text not null, body jsonb not null,
    created_at timestamptz not null default now(), primary key (chain_id, step));
  select protect_tenant_table('bench_chains', 'select, update'), protect_tenant_table('bench_records', 'select, insert');

  create table floor_chains (id text primary key, step integer not null default 0) with (fillfactor = 80);
  create table floor_records (chain_id text, step integer, body jsonb not null, created_at timestamptz not null default now(),
    primary key (chain_id, step));
  create table floor_outbox (id bigint generated always as identity primary key, chain_id text not null, step integer not null,
    payload jsonb not null, created_at timestamptz not null default now());
`;

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
