import { afterAll, expect, test } from 'vitest';
import { createKey } from '../create-key.ts';
import { type Person, serveIdentity } from '../serve.ts';

const served = await serveIdentity();
afterAll(() => served.close());
const owner = await served.register();

const LIST = 'GET /api/v1/auth/api-keys';
const list = (query: string, person: Person = owner) => served.call(`${LIST}?${query}`, { token: person.token });

test('200: pages from the newest key to the oldest, each key once', async () => {
  const person = await served.register();
  const created: string[] = [];
  for (let count = 0; count < 5; count += 1) created.unshift((await createKey(served, person)).id);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { status, body } = await list(`limit=2${cursor && `&cursor=${cursor}`}`, person);
    expect(status).toBe(200);
    seen.push(...body.items.map((item: { id: string }) => item.id));
    cursor = body.next_cursor;
  }
  expect(seen).toEqual(created);
});

test('200: shows no key of another user, and no next page after the last', async () => {
  await createKey(served, owner);
  expect((await list('limit=200', await served.register())).body).toEqual({ items: [], next_cursor: null });
});

test('400: rejects a cursor that was altered or made for another user', async () => {
  const [one, other] = [await served.register(), await served.register()];
  for (const person of [one, one, other]) await createKey(served, person);
  const { next_cursor: cursor } = (await list('limit=1', one)).body;
  const altered = `${cursor.slice(0, -3)}${cursor.at(-3) === 'A' ? 'B' : 'A'}${cursor.slice(-2)}`;
  const attempts = [
    await list(`cursor=${altered}`, one),
    await list(`cursor=${cursor}`, other),
    await list('cursor=made-up', one),
  ];
  expect(attempts.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(attempts[0]?.body.type).toBe('urn:apexflow:problem:invalid-cursor');
  expect((await list(`cursor=${cursor}`, one)).status).toBe(200);
});

test('401: rejects a call without a token', async () => {
  expect((await served.call(LIST)).status).toBe(401);
});

test('403: rejects an API key without the scope account:read', async () => {
  const { key } = await createKey(served, owner, { scopes: ['runs:read'] });
  expect((await served.call(LIST, { token: key })).status).toBe(403);
});

test.each(['limit=0', 'limit=-1', 'limit=1e9', 'limit=201', 'limit=a', 'limit[]=1', 'limit=1&limit=2', 'sort=name'])(
  '422: rejects the query %s',
  async (query) => {
    expect((await list(query)).status).toBe(422);
  },
);
