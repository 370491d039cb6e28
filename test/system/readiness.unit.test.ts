import { expect, it } from 'vitest';
import type { Database } from '../../functions/platform/database/database.ts';
import { checkReadiness } from '../../functions/system/readiness.ts';

/** A database whose isolation query returns this row. The check sends no other statement. */
const answering = (isolation: object) => (): Promise<Database> =>
  Promise.resolve({ as: () => ({ query: async () => [isolation] }) } as unknown as Database);
const isolated = answering({ is_bypassed: false, sees_rows: false });

let now = 0;

it.each([
  ['a role that bypasses row-level security', answering({ is_bypassed: true, sees_rows: false }), 'isolate tenants'],
  ['a session that sees rows of tenants', answering({ is_bypassed: false, sees_rows: true }), 'isolate tenants'],
  ['no database', () => Promise.reject(new Error('ECONNREFUSED 10.0.0.5')), 'does not answer'],
])('fails with 503 for %s, without internal details', async (_name, open, detail) => {
  now += 10_000;
  const problem = await checkReadiness(open, now).catch((error: unknown) => error);
  expect(problem).toMatchObject({ status: 503, kind: 'not-ready', message: expect.stringContaining(detail) });
  expect(String(problem)).not.toContain('10.0.0.5');
});

it('checks at most once a second', async () => {
  let checks = 0;
  const open = () => {
    checks += 1;
    return isolated();
  };
  for (const milliseconds of [0, 999, 1_000, 1_500]) await checkReadiness(open, now + 10_000 + milliseconds);
  expect(checks).toBe(2);
});
