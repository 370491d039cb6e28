import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import type { SchemaFolders } from '../../../functions/platform/database/migrate.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { administer, databaseUrl } from '../../support/database-template.ts';

/** A database without a schema, on the server of the test run or embedded in this process. */
export interface EmptyDatabase {
  client: pg.Client;
  /** Opens another session; only a server has more than one. */
  connect(options?: string): Promise<pg.Client>;
  close(): Promise<void>;
}

export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const { DATABASE_URL: url } = environment;
  if (url === undefined) {
    const engine = await PGlite.create();
    const client = new pg.Client(createPgConfig(engine));
    await client.connect();
    const connect = () => Promise.reject(new Error('The embedded database has one session'));
    return { client, connect, close: () => client.end().then(() => engine.close()) };
  }
  const name = `apexflow_migrate_${randomBytes(4).toString('hex')}`;
  await administer(url, `create database ${name}`);
  const clients: pg.Client[] = [];
  const connect = async (options = '') => {
    const client = new pg.Client({ connectionString: databaseUrl(url, name), options });
    await client.connect();
    clients.push(client);
    return client;
  };
  const close = async () => {
    for (const client of clients) await client.end();
    await administer(url, `drop database ${name} with (force)`);
  };
  return { client: await connect(), connect, close };
}

/** Folders of migrations and SQL functions that a test fills. */
export interface ScratchFolders extends SchemaFolders {
  /** Writes files by path, such as `migrations/1_tables.sql` or `functions/pets/sql/cat_name.sql`. */
  write(files: Record<string, string>): void;
  remove(path: string): void;
}

export function createScratchFolders(): ScratchFolders & Disposable {
  const root = mkdtempSync(join(tmpdir(), 'apexflow-schema-'));
  const write = (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  mkdirSync(join(root, 'migrations'));
  mkdirSync(join(root, 'functions'));
  return {
    migrations: join(root, 'migrations'),
    functions: join(root, 'functions'),
    write,
    remove: (path) => rmSync(join(root, path)),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
