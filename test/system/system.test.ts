import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { docsPage } from '../../functions/system/docs-page.ts';
import { checkReadiness } from '../../functions/system/readiness.ts';
import { findIsolation } from '../../functions/system/sql/isolation.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('GET /health', () => {
  it('200', async () => {
    const { status, body, headers } = await server.call('GET', '/health');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
    expect(headers.get('cache-control')).toBe('private, no-store');
  });
});

describe('GET /readiness', () => {
  it('200: also when tenants have rows, because a session without a tenant sees none', async () => {
    await server.signUp();
    expect(await server.call('GET', '/readiness')).toMatchObject({ status: 200, body: { status: 'ready' } });
    const database = await openDatabase();
    expect(await findIsolation(database.as({ kind: 'system' }))).toEqual({ is_bypassed: false, sees_rows: false });
  });

  it('sees it when a session does see rows', async () => {
    const { tenantId } = await server.signUp();
    const database = await openDatabase();
    expect(await findIsolation(database.as({ kind: 'tenant', tenantId }))).toMatchObject({ sees_rows: true });
  });

  const answering = (isolation: object) => (): Promise<Database> =>
    // The check asks one question of its database and nothing else.
    Promise.resolve({ as: () => ({ query: async () => [isolation] }) } as unknown as Database);

  it.each([
    [
      'a role that row-level security does not bind',
      answering({ is_bypassed: true, sees_rows: false }),
      'keep tenants apart',
    ],
    ['a session that sees rows', answering({ is_bypassed: false, sees_rows: true }), 'keep tenants apart'],
    ['no database', () => Promise.reject(new Error('ECONNREFUSED 10.0.0.5')), 'does not answer'],
  ])('503: %s, and nothing about the inside', async (_name, open, detail) => {
    await new Promise((resolve) => setTimeout(resolve, 1_050)); // The answer before is used for a second.
    const problem = await checkReadiness(open).catch((error: unknown) => error);
    expect(problem).toMatchObject({ status: 503, kind: 'not-ready', message: expect.stringContaining(detail) });
    expect(String(problem)).not.toContain('10.0.0.5');
    expect(await server.call('GET', '/readiness')).toMatchObject({
      status: 503,
      body: { type: 'urn:apexflow:problem:not-ready' },
    });
  });
});

describe('GET /api/v1/openapi.json', () => {
  it('200: the document', async () => {
    const { status, body, headers } = await server.call('GET', '/api/v1/openapi.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      paths: { '/health': { get: { operationId: 'system-get-health' } } },
    });
  });
});

describe('GET /docs', () => {
  it('200: every operation, no script, nothing from elsewhere, and a policy that says so', async () => {
    const { status, body, headers } = await server.call('GET', '/docs');
    const { body: document } = await server.call('GET', '/api/v1/openapi.json');
    expect(status).toBe(200);
    for (const path of Object.keys(document.paths)) expect(body).toContain(`<code>${path}</code>`);
    expect(body).not.toMatch(/<script|https?:\/\/|javascript:| on\w+=/i);
    const style = /<style>([^<]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('shows what a declaration says as text', () => {
    const operation = {
      operationId: 'x',
      summary: '<img src=x onerror=alert(1)>',
      tags: ['"><b>'],
      security: [],
      parameters: [],
      responses: {},
    };
    const page = docsPage({
      info: { title: '<i>', version: '1', description: '' },
      paths: { '/x': { get: operation } },
    });
    expect(page).not.toMatch(/<img|<i>|"><b>/);
  });
});
