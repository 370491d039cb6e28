import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { checkReadiness } from '../../../functions/system/readiness.ts';
import { findIsolation } from '../../../functions/system/sql/isolation.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

it('200 when tenants have rows, because a session without a tenant sees none', async () => {
  await server.signUp();
  expect(await server.call('GET', '/readiness')).toMatchObject({ status: 200, body: { status: 'ready' } });
  const database = await openDatabase();
  expect(await findIsolation(database.as({ kind: 'system' }))).toEqual({ is_bypassed: false, sees_rows: false });
});

it('detects a session that sees rows of a tenant', async () => {
  const { tenantId } = await server.signUp();
  const database = await openDatabase();
  expect(await findIsolation(database.as({ kind: 'tenant', tenantId }))).toMatchObject({ sees_rows: true });
});

it('503 as problem+json when the check fails, without internal details', async () => {
  const inOneMinute = Date.now() + 60_000;
  const failed = checkReadiness(() => Promise.reject(new Error('ECONNREFUSED 10.0.0.5')), inOneMinute);
  await expect(failed).rejects.toThrow('does not answer');
  const answer = await server.call('GET', '/readiness');
  expect(answer).toMatchObject({ status: 503, body: { type: 'urn:apexflow:problem:not-ready' } });
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(JSON.stringify(answer.body)).not.toContain('10.0.0.5');
});
