import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openEmbedded } from '../../functions/platform/database/embedded.ts';
import { migrate, SCHEMA_FOLDERS } from '../../functions/platform/database/migrate.ts';
import { readSqlFunctions } from '../../functions/platform/database/sql-functions.ts';

/**
 * Where a test file's database is copied from: a migrated database on the server of `DATABASE_URL`, or a migrated
 * folder. Unit tests have none.
 */
export type DatabaseTemplate = { kind: 'server'; url: string; name: string } | { kind: 'embedded'; folder: string };

declare module 'vitest' {
  export interface ProvidedContext {
    databaseTemplate: DatabaseTemplate | undefined;
  }
}

/** Runs once before all tests. A migration takes seconds and a copy a tenth of one, so the migrations run here only. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.DATABASE_URL;
  if (!url) {
    project.provide('databaseTemplate', { kind: 'embedded', folder: await embeddedTemplate() });
    return async () => undefined;
  }
  const name = `apexflow_template_${randomBytes(4).toString('hex')}`;
  await administer(url, `create database ${name}`);
  const client = new pg.Client({ connectionString: databaseUrl(url, name) });
  await client.connect();
  await migrate(client).finally(() => client.end());
  project.provide('databaseTemplate', { kind: 'server', url, name });
  return () => administer(url, `drop database ${name} with (force)`);
}

/** The same server, another database. */
export function databaseUrl(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** Runs one statement that no transaction may hold. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/apexflow');

/**
 * Returns the folder of a migrated embedded database, which is kept until a migration, an SQL function or PGlite
 * changes. The folder gets its name when it is complete, so that a concurrent test run never sees an unfinished one.
 */
async function embeddedTemplate(): Promise<string> {
  const folder = join(CACHE, `postgres-${schemaHash()}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  await (await openEmbedded(join(draft, 'postgres'), undefined)).close();
  try {
    renameSync(join(draft, 'postgres'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function schemaHash(): string {
  const hash = createHash('sha256');
  const pglite = join(import.meta.dirname, '../../node_modules/@electric-sql/pglite/package.json');
  const { migrations, functions } = SCHEMA_FOLDERS;
  for (const file of readdirSync(migrations).sort()) hash.update(file).update(readFileSync(join(migrations, file)));
  for (const sqlFunction of readSqlFunctions(functions)) hash.update(sqlFunction.name).update(sqlFunction.hash);
  return hash.update(readFileSync(pglite)).digest('hex').slice(0, 16);
}
