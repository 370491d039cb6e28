import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { insertUsage } from '../../functions/usage/sql/usage.ts';
import { asOwner } from '../support/owner.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';

/** `user_id` beside what else belongs to a caller: keys, cursors, repeated requests, usage, concurrent first writes. */
let server: TestServer;
let owner: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  owner = await server.signUp();
});
afterAll(() => server.close());

const send = (method: string, path: string, body?: unknown, headers = {}, token = owner.token) =>
  server.call(method, `/api/v1${path}`, { token, headers, ...(body === undefined ? {} : { body }) });
const subjectsOf = async () =>
  (await asOwner('select display_name as name from users where owner_id = $1 order by id', [owner.userId])).map(
    ({ name }) => String(name),
  );

test('100 concurrent first requests create one subject', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => {
      if (n % 4 === 0) return send('POST', '/memory', { text: `Fact ${n} of a hundred`, user_id: 'first' });
      if (n % 4 === 1) return send('PUT', `/memory/keys/key${n}`, { value: n, user_id: 'first' });
      if (n % 4 === 2) return send('POST', '/repos/setup', { user_id: 'first' });
      return send('POST', '/memory/process-session', {
        session_id: `s${n}`,
        conversation: 'I live in Oslo.',
        user_id: 'first',
      });
    }),
  );
  expect(answers.filter(({ status }) => status >= 300).map(({ body }) => body)).toEqual([]);
  expect(await subjectsOf()).toEqual(['first']);
  const keys = await send('GET', '/memory/keys?limit=200&user_id=first');
  expect(keys.body.items).toHaveLength(25);
});

test('an Idempotency-Key belongs to one subject', async () => {
  const add = (user_id: string | undefined, text: string) =>
    send('POST', '/memory', { text, user_id }, { 'idempotency-key': 'the-same' });
  const first = await add('idem-a', 'I live in Oslo');
  const others = [await add('idem-b', 'I live in Rome'), await add(undefined, 'I live in Lund')];
  expect([first.status, ...others.map(({ status }) => status)]).toEqual([201, 201, 201]);
  expect(await add('idem-a', 'I live in Oslo')).toMatchObject({
    status: 201,
    body: { id: first.body.id, user_id: 'idem-a' },
  });
});

test('a cursor is rejected for another subject and for the owner', async () => {
  for (const key of ['one', 'two'])
    for (const user_id of ['cursor-a', 'cursor-b']) await send('PUT', `/memory/keys/${key}`, { value: 1, user_id });
  const list = (user_id: string, more = '') => send('GET', `/memory/keys?limit=1${user_id}${more}`);
  const cursor = `&cursor=${(await list('&user_id=cursor-a')).body.next_cursor}`;
  expect((await list('&user_id=cursor-a', cursor)).status).toBe(200);
  expect((await list('&user_id=cursor-b', cursor)).status).toBe(400);
  expect((await list('', cursor)).status).toBe(400);
});

test('an API key names subjects of its owner, within its scopes', async () => {
  const keyWith = async (scopes: string[]) =>
    (await send('POST', '/auth/api-keys', { name: 'application', scopes })).body.key as string;
  const [reader, writer] = [await keyWith(['memory:read']), await keyWith(['memory:read', 'memory:write'])];
  const body = { text: 'I live in Oslo', user_id: 'keyed' };
  expect((await send('POST', '/memory', body, {}, reader)).status).toBe(403);
  expect(await subjectsOf()).not.toContain('keyed');
  expect((await send('POST', '/memory', body, {}, writer)).status).toBe(201);
  expect((await send('GET', '/memory?user_id=keyed', undefined, {}, reader)).body.items).toHaveLength(1);
  expect((await send('GET', '/memory?user_id=keyed')).body.items).toHaveLength(1);
  expect((await send('DELETE', '/memory/subjects/keyed', undefined, {}, reader)).status).toBe(403);
});

test('a session id is free for each subject, and the requests of an application work as they are written', async () => {
  const told = async (user_id: string, text: string) =>
    send('POST', '/memory/process-and-commit?wait=30', { conversation: text, session_id: 'chat-1', user_id });
  expect((await told('sess-a', 'I live in Oslo.')).body.status).toBe('committed');
  expect((await told('sess-b', 'I live in Rome.')).body.status).toBe('committed');
  const rebuilt = [
    await send('POST', '/memory/rebuild-index', { user_id: 'sess-a' }),
    await send('POST', '/memory/rebuild-index?user_id=sess-a'),
  ];
  expect(rebuilt.map(({ status }) => status)).toEqual([200, 200]);
  expect((await send('POST', '/memory/rebuild-index')).status).toBe(200);
  expect((await send('POST', '/memory/rebuild-index', { user_id: 'sess-a', other: 1 })).status).toBe(422);
  const status = await send('GET', '/repos/status/sess-a');
  expect(status).toMatchObject({ status: 200, body: { user_id: 'sess-a', repo_url: null, status: 'active' } });
  expect(status.body.index_stats).toEqual({ total_blocks: expect.any(Number), avg_tokens: expect.any(Number) });
  expect((await send('GET', `/repos/status/nobody`)).status).toBe(404);
  await send('POST', '/memory', { text: 'I live in Bergen.', user_id: 'sess-c' });
  expect(await send('GET', '/repos/status/sess-c')).toMatchObject({
    status: 200,
    body: { user_id: 'sess-c', status: 'not_set_up', commits: 0, files: 0, link: { status: 'none' } },
  });
  const exported = await server.call('GET', '/api/v1/memory/export?user_id=sess-b', { token: owner.token });
  expect([exported.status, exported.headers.get('content-type')]).toEqual([200, 'application/x-git-bundle']);
});

test('what a subject uses is booked for its owner, also when its background work buys it', async () => {
  await send('PUT', '/memory/keys/one', { value: 1, user_id: 'paid' });
  const [row] = await asOwner('select id from users where owner_id = $1 and display_name = $2', [owner.userId, 'paid']);
  const userId = String(row?.id);
  const scoped = (await openDatabase()).as({ kind: 'tenant', tenantId: owner.tenantId, userId });
  await scoped.query(
    insertUsage({
      tenantId: owner.tenantId,
      userId,
      kind: 'search',
      reference: 'one call',
      provider: 'gemini',
      model: 'a model',
      usage: { input_tokens: 10, output_tokens: 20, cached_tokens: 0 },
      cost: '0.5',
      price: 'list',
    }),
  );
  expect(await asOwner(`select user_id from usage_ledger where reference = 'one call'`)).toEqual([
    { user_id: owner.userId },
  ]);
  const usage = await send('GET', '/user/usage');
  expect(JSON.stringify(usage.body)).toContain('a model');
});
