import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { discoverFunctions } from '../../functions/platform/discover.ts';
import { environment } from '../../functions/platform/environment.ts';
import { createId } from '../../functions/platform/id.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';
import { addMember } from '../isolation/world.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner, ownerTransaction, statementOf } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { expectRefused } from './expect-refused.ts';

/** Tests repeated and concurrent requests, idempotency keys of other callers, and tokens of the queue. */
const internal = (await discoverFunctions())
  .map(({ declaration }) => declaration)
  .filter(({ kind, contract }) => kind !== 'socket' && (contract === undefined || contract.access === 'internal'));

let server: TestServer;
let person: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  // Tasks are never delivered, so started sprints do not change.
  useQueue({ create: async () => undefined, close: async () => undefined });
});
beforeEach(async () => {
  person = await server.signUp();
});
afterAll(() => server.close());

const start = (key: string, { token = person.token, task = 'Build it' } = {}) =>
  server.call('POST', '/api/v1/sprints', {
    token,
    body: { task, team: ['backend'] },
    headers: { 'idempotency-key': key },
  });

async function runsOf(tenantId: string): Promise<number> {
  return (await asOwner('select id from sessions where tenant_id = $1', [tenantId])).length;
}

describe('Idempotency-Key', () => {
  test('a second request with the same body returns the first answer and starts no sprint', async () => {
    const first = await start('once');
    const second = await start('once');
    expect(first.status).toBe(202);
    expect([second.status, second.body]).toEqual([202, first.body]);
    expect([first.headers.get('idempotent-replay'), second.headers.get('idempotent-replay')]).toEqual([null, 'true']);
    expect(await runsOf(person.tenantId)).toBe(1);
  });

  test('422 for another body, and no sprint is started', async () => {
    await start('once');
    const other = await start('once', { task: 'Build something else' });
    expectRefused(other, 422);
    expect(other.body.type).toBe('urn:apexflow:problem:key-reused');
    expect(await runsOf(person.tenantId)).toBe(1);
  });

  test('twenty concurrent requests start one sprint; early ones get 409 with Retry-After', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => start('at-once')));
    const done = answers.filter(({ status }) => status === 202);
    expect(new Set(done.map(({ body }) => body.id)).size).toBe(1);
    for (const early of answers.filter(({ status }) => status !== 202)) {
      expectRefused(early, 409);
      expect(early.headers.get('retry-after')).toBe('1');
    }
    expect(await runsOf(person.tenantId)).toBe(1);
  });

  test('409 with Retry-After while the first request is running', async () => {
    const first = await ownerTransaction(async (transaction) => {
      await transaction.query(statementOf('select id from tenants where id = $1 for update', [person.tenantId]));
      const running = start('slow');
      await waitFor('the first request to stand before the lock', async () => {
        const rows = await asOwner(`select from pg_locks where not granted and pid <> pg_backend_pid()`);
        return rows.length > 0;
      });
      const second = await start('slow');
      expectRefused(second, 409);
      expect(second.headers.get('retry-after')).toBe('1');
      expect(second.body.type).toBe('urn:apexflow:problem:in-progress');
      return { running };
    });
    expect((await first.running).status).toBe(202);
    expect(await runsOf(person.tenantId)).toBe(1);
  });

  test('a key belongs to one user, one tenant and one route', async () => {
    const colleague = await addMember(person.tenantId, 'member');
    const stranger = await server.signUp();
    const answers = [
      await start('mine'),
      await start('mine', { token: colleague.token }),
      await start('mine', { token: stranger.token, task: 'Something else' }),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('idempotent-replay')])).toEqual([
      [202, null],
      [202, null],
      [202, null],
    ]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(3);
    const fact = await server.call('POST', '/api/v1/memory', {
      token: person.token,
      body: { text: 'A fact' },
      headers: { 'idempotency-key': 'mine' },
    });
    expect(fact.status).toBe(201);
    expect([await runsOf(person.tenantId), await runsOf(stranger.tenantId)]).toEqual([2, 1]);
  });

  test('a failed request leaves no key', async () => {
    await server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { max_concurrent_sprints: 1 } });
    const { body } = await start('first');
    expectRefused(await start('second'), 429);
    await server.call('POST', `/api/v1/sprints/${body.id}/cancel`, { token: person.token });
    expect((await start('second')).status).toBe(202);
  });

  test('422 for an empty key, a long key, or invisible characters', async () => {
    for (const key of ['', 'x'.repeat(256), 'a b', 'ä']) expectRefused(await start(key), 422);
    expect(await runsOf(person.tenantId)).toBe(0);
  });

  test('422 where the stored answer would contain a secret, and no key is created', async () => {
    const refused = await server.call('POST', '/api/v1/auth/api-keys', {
      token: person.token,
      body: { name: 'k', scopes: ['runs:read'] },
      headers: { 'idempotency-key': 'k' },
    });
    expectRefused(refused, 422);
    expect(await asOwner('select from api_keys where tenant_id = $1', [person.tenantId])).toEqual([]);
  });

  test('belongs to one path: the key of one run cancels no other run and hides none', async () => {
    const [one, other] = [(await start('one')).body.id, (await start('other')).body.id];
    const cancel = (id: string) =>
      server.call('POST', `/api/v1/runs/${id}/cancel`, {
        token: person.token,
        headers: { 'idempotency-key': 'stop' },
      });
    const answers = [await cancel(one), await cancel(other), await cancel(one)];
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual([
      [202, one],
      [202, other],
      [202, one],
    ]);
  });

  describe('of a request with several transactions', () => {
    const add = (text: string, key = 'fact') =>
      server.call('POST', '/api/v1/memory', {
        token: person.token,
        body: { text },
        headers: { 'idempotency-key': key },
      });
    const facts = async () => (await asOwner('select id from memories where tenant_id = $1', [person.tenantId])).length;

    test('twenty concurrent requests have one effect and one answer; early ones get 409 with Retry-After', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => add('I sail on Mondays.')));
      const done = answers.filter(({ status }) => status === 201);
      expect(done.length).toBeGreaterThan(0);
      expect(new Set(done.map(({ body }) => JSON.stringify(body))).size).toBe(1);
      for (const early of answers.filter(({ status }) => status !== 201)) {
        expectRefused(early, 409);
        expect(early.headers.get('retry-after')).toBe('1');
      }
      expect(await facts()).toBe(1);
    });

    test('a claim that a dead process left ends, for the same body only', async () => {
      await add('I sail on Mondays.');
      await asOwner(
        `update idempotency_keys set status = null, body = null, created_at = now() - interval '301 seconds' where key = 'fact' and tenant_id = $1`,
        [person.tenantId],
      );
      expectRefused(await add('I ski on Tuesdays.'), 422);
      expect((await add('I sail on Mondays.')).status).toBe(200);
      expect((await add('I sail on Mondays.')).headers.get('idempotent-replay')).toBe('true');
      expect(await facts()).toBe(1);
    });

    test('a failed request leaves no key', async () => {
      const unknown = await server.call('POST', `/api/v1/memory/consolidations/${createId('con')}/commit`, {
        token: person.token,
        headers: { 'idempotency-key': 'failing' },
      });
      expectRefused(unknown, 404);
      expect(await asOwner('select from idempotency_keys where tenant_id = $1', [person.tenantId])).toEqual([]);
    });
  });
});

describe('a hundred concurrent starts', () => {
  test('with a limit of ten start exactly ten sprints, the others get 429, and another tenant is not affected', async () => {
    const stranger = await server.signUp();
    await server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { max_concurrent_sprints: 10 } });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => start(`${index}`)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 202)) expectRefused(answer, 429);
    expect(await runsOf(person.tenantId)).toBe(10);
    expect((await start('mine', { token: stranger.token })).status).toBe(202);
  });
});

describe('a token of the queue', () => {
  test.for(internal.map((declaration) => [declaration.name, declaration] as const))(
    '401 with an audit entry when the token is for another function: %s',
    async ([name, { route }]) => {
      const other = internal.find((candidate) => candidate.name !== name);
      const count = async () =>
        (await asOwner(`select from audit_log where tenant_id is null and action = $1 and outcome = 'refused'`, [name]))
          .length;
      const before = await count();
      const answer = await server.call('POST', route.path, {
        token: await invokerToken(other?.name ?? ''),
        body: { tenant_id: person.tenantId },
      });
      expectRefused(answer, 401);
      expect(await count()).toBe(before + 1);
    },
  );
});
