import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { prepareDatabase } from '../../scripts/deploy-migrate.ts';
import { administer, databaseUrl } from '../support/database-template.ts';

/** The server has the login and nothing else of this product. The embedded database has no logins. */
const url = environment.DATABASE_URL ?? '';
const suffix = randomBytes(4).toString('hex');
const [database, login] = [`apexflow_release_${suffix}`, `apexflow_login_${suffix}`];

describe('the migration job', () => {
  const administrator = () => {
    const { hostname, port, username, password } = new URL(url);
    return {
      host: hostname,
      port: Number(port || 5432),
      user: username,
      password: decodeURIComponent(password),
      database,
    };
  };
  async function asLogin<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({
      ...administrator(),
      user: login,
      password: 'a-test-password',
      options: '-c role=apexflow_runtime',
    });
    await client.connect();
    return work(client).finally(() => client.end());
  }

  beforeAll(() => administer(url, `create role ${login} login password 'a-test-password'`));
  afterAll(async () => {
    await administer(url, `drop database if exists ${database} with (force)`);
    await administer(url, `drop role ${login}`);
  });

  test('creates the database, applies migrations and SQL functions, and applies nothing when it runs again', async () => {
    expect(await prepareDatabase(administrator(), login)).toEqual(
      expect.arrayContaining(['migration 1700000000002_identity', 'function enter_as_user']),
    );
    expect(await prepareDatabase(administrator(), login)).toEqual([]);
  });

  test('lets the login act as the runtime role, which sees no tenant that it did not enter and changes no table', async () => {
    await administer(databaseUrl(url, database), `insert into tenants (id, name, slug) values ('ten_1', 'One', 'one')`);
    expect((await asLogin((client) => client.query('select id from tenants'))).rows).toEqual([]);
    await expect(asLogin((client) => client.query('create table mine (id text)'))).rejects.toThrow('permission denied');
    await expect(asLogin((client) => client.query('drop table tenants'))).rejects.toThrow('must be owner');
  });
});
