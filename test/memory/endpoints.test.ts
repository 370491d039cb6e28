import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMemory } from '../../functions/memory/endpoints/add-memory.ts';
import { deleteMemory } from '../../functions/memory/endpoints/delete-memory.ts';
import { listMemories } from '../../functions/memory/endpoints/list-memories.ts';
import { searchMemory } from '../../functions/memory/endpoints/search-memory.ts';
import { recallFor } from '../../functions/memory/recall.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, scopeOf, serveFunctions } from '../entities/people.ts';

let database: Database;
let server: Awaited<ReturnType<typeof serveFunctions>>;
let admin: Person;
let member: Person;
let viewer: Person;
let stranger: Person;

beforeAll(async () => {
  database = await openDatabase();
  server = await serveFunctions([addMemory, deleteMemory, listMemories, searchMemory]);
  admin = await createPerson(database, 'admin');
  member = await createPerson(database, 'member', admin.tenantId);
  viewer = await createPerson(database, 'viewer', admin.tenantId);
  stranger = await createPerson(database, 'admin');
}, 60_000);
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const add = (person: Person | undefined, body: unknown, headers = {}) =>
  server.call(person, 'POST', '/api/v1/memory', body, headers);
const list = (person: Person | undefined, query = '') => server.call(person, 'GET', `/api/v1/memory${query}`);
const search = (person: Person | undefined, body: unknown) =>
  server.call(person, 'POST', '/api/v1/memory/search', body);
const remove = (person: Person | undefined, id: string | undefined) =>
  server.call(person, 'DELETE', `/api/v1/memory/${id}`);
const problem = (kind: string, status: number) => ({ type: `urn:apexflow:problem:${kind}`, status });
const unique = () => createId('word').slice(-12);

describe('add-memory', () => {
  test('201: a fact of a person is trusted and, without a scope, his own', async () => {
    const added = await add(member, { text: '  I work from Visby.  ' });
    expect(added.status).toBe(201);
    expect(added.body).toMatchObject({
      text: 'I work from Visby.',
      category: 'general',
      scope: 'user',
      scope_id: member.userId,
      user_id: member.userId,
      author: member.userId,
      source_kind: 'person',
      trust: 'trusted',
      confidence: 1,
      embedder: 'feature-hashing-v1',
      superseded_by: null,
    });
    expect(added.body).not.toHaveProperty('embedding');
    expect((await list(member)).body.items?.[0]?.id).toBe(added.body.id);
  });

  test('200: the same fact again in the same scope is the same row, whatever its case; in another scope it is another', async () => {
    const text = `The port is ${unique()}.`;
    const place = { scope: 'worker', scope_id: 'backend' };
    const first = await add(member, { text, ...place });
    const again = await add(admin, { text: text.toUpperCase(), ...place });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    const elsewhere = await add(member, { text, scope: 'worker', scope_id: 'frontend' });
    expect(elsewhere.status).toBe(201);
    const all = await list(admin, '?scope=worker');
    expect(all.body.items?.filter((item) => item.text === text)).toHaveLength(2);
  });

  test('an Idempotency-Key gives the first answer again, and 422 for another body', async () => {
    const key = { 'idempotency-key': unique() };
    const body = { text: `Keyed ${unique()}.` };
    const first = await add(member, body, key);
    const again = await add(member, body, key);
    expect([first.status, again.status, again.headers.get('idempotent-replay')]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
    const other = await add(member, { text: 'Another.' }, key);
    expect(other).toMatchObject({ status: 422, body: problem('key-reused', 422) });
  });

  test('401 without a token', async () => {
    const refused = await add(undefined, { text: 'x' });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('403: a viewer writes nothing; a member nothing for the whole tenant nor for another person (attack 97)', async () => {
    const before = (await list(admin)).body.items?.length;
    for (const [person, body] of [
      [viewer, { text: 'A viewer writes.' }],
      [member, { text: 'Everybody believes me.', scope: 'tenant' }],
      [member, { text: 'You believe me.', scope: 'user', scope_id: admin.userId }],
      [admin, { text: 'I know what you think.', scope: 'user', scope_id: member.userId }],
    ] as const) {
      expect(await add(person, body)).toMatchObject({ status: 403, body: problem('forbidden', 403) });
    }
    expect((await list(admin)).body.items?.length).toBe(before);
    expect((await add(admin, { text: `Admins may: ${unique()}`, scope: 'tenant' })).status).toBe(201);
    expect(
      (await add(member, { text: `Members may: ${unique()}`, scope: 'sprint', scope_id: createId('run') })).status,
    ).toBe(201);
  });

  test.each([
    {},
    { text: '' },
    { text: '   ' },
    { text: 'x'.repeat(4001) },
    { text: 7 },
    { text: 'x', scope: 'global' },
    { text: 'x', scope: 'sprint' },
    { text: 'x', scope: 'sprint', scope_id: 'not-a-run' },
    { text: 'x', scope: 'worker' },
    { text: 'x', scope: 'tenant', scope_id: 'ten_other' },
    { text: 'x', category: '' },
    { text: 'x', trust: 'trusted' },
    { text: 'x', tenant_id: 'ten_other' },
    { text: 'x', user_id: 'usr_other' },
    { text: 'a\0b' },
    { text: '\ud800' },
  ])('422: %j', async (body) => {
    expect(await add(admin, body)).toMatchObject({ status: 422, body: problem('invalid-request', 422) });
  });
});

describe('list-memories', () => {
  test('200: pages by cursor, newest first, with filters, and nothing twice', async () => {
    const person = await createPerson(database);
    for (let n = 0; n < 5; n += 1)
      await insertFacts(database, person, [`Fact ${n}`], { category: n % 2 ? 'odd' : 'even' });
    const seen: string[] = [];
    let cursor: string | null | undefined = '';
    while (cursor !== null) {
      const page = await list(person, `?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(page.status).toBe(200);
      seen.push(...(page.body.items ?? []).map(({ text }) => text));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(['Fact 4', 'Fact 3', 'Fact 2', 'Fact 1', 'Fact 0']);
    const odd = await list(person, '?category=odd&scope=tenant');
    expect(odd.body.items?.map(({ text }) => text)).toEqual(['Fact 3', 'Fact 1']);
    expect((await list(person, '?scope=user')).body).toEqual({ items: [], next_cursor: null });
  });

  test('others’ private and untrusted facts are not in it, nor another tenant’s', async () => {
    const [mine] = await insertFacts(database, admin, [`Learned ${unique()}`], {
      trust: 'untrusted',
      scope: 'worker',
      scopeId: 'qa',
      sourceKind: 'run',
    });
    const idsOf = async (person: Person) => (await list(person, '?limit=200')).body.items?.map(({ id }) => id);
    expect(await idsOf(admin)).toContain(mine);
    expect(await idsOf(member)).not.toContain(mine);
    expect(await idsOf(stranger)).toEqual([]);
  });

  test('400: a cursor that was altered or made for somebody else', async () => {
    const person = await createPerson(database);
    await insertFacts(database, person, ['One', 'Two']);
    const { body } = await list(person, '?limit=1');
    expect((await list(admin, `?cursor=${body.next_cursor}`)).status).toBe(400);
    expect((await list(person, `?cursor=A${body.next_cursor}`)).status).toBe(400);
  });

  test('401, and 422 for what is not a page', async () => {
    expect((await list(undefined)).status).toBe(401);
    for (const query of [
      '?limit=-1',
      '?limit=0',
      '?limit=201',
      '?limit=1e9',
      '?limit[]=1',
      '?limit=1&limit=2',
      '?scope=all',
      '?as=me',
    ]) {
      expect((await list(admin, query)).status, query).toBe(422);
    }
  });
});

describe('search-memory', () => {
  test('200: hits with score and why, for a viewer, too', async () => {
    const word = unique();
    await insertFacts(database, admin, [`The secret ingredient is ${word}.`]);
    const found = await search(viewer, { query: `What about ${word}?` });
    expect(found).toMatchObject({ status: 200, body: { embedder: 'feature-hashing-v1' } });
    // Only the first is sure: a word by chance may resemble another fact's letters a little.
    expect(found.body.items?.[0]).toMatchObject({
      text: expect.stringContaining(word),
      score: expect.any(Number),
      trust: 'trusted',
      source: 'a test',
      why: { text_score: 1 },
    });
  });

  test('k and scope narrow it', async () => {
    const person = await createPerson(database);
    await insertFacts(
      database,
      person,
      Array.from({ length: 9 }, (_, n) => `The lighthouse number ${n} is red.`),
    );
    await insertFacts(database, person, ['My lighthouse is white.'], { scope: 'user', scopeId: person.userId });
    expect((await search(person, { query: 'lighthouse' })).body.items).toHaveLength(5);
    expect((await search(person, { query: 'lighthouse', k: 50 })).body.items).toHaveLength(10);
    const own = await search(person, { query: 'lighthouse', scope: 'user' });
    expect(own.body.items?.map(({ text }) => text)).toEqual(['My lighthouse is white.']);
  });

  test('an empty memory answers an empty list', async () => {
    const newcomer = await createPerson(database);
    expect(await search(newcomer, { query: 'anything' })).toMatchObject({ status: 200, body: { items: [] } });
  });

  test('the text of another tenant is not found (attack 26)', async () => {
    const text = `Tenant B alone knows ${unique()}.`;
    await insertFacts(database, stranger, [text]);
    const found = await search(admin, { query: text, k: 50 });
    expect(found.body.items?.some((item) => item.text === text)).toBe(false);
    expect((await search(stranger, { query: text })).body.items?.[0]?.text).toBe(text);
  });

  test.each(["'", '%', '_', '\\', '&', '|', '!', ':*', `' % _ \\ & | ! :*`])(
    '200 for signs (attack 42): %s',
    async (query) => {
      expect((await search(admin, { query })).status).toBe(200);
    },
  );

  test('401, and 422 for what is not a question', async () => {
    expect((await search(undefined, { query: 'x' })).status).toBe(401);
    for (const body of [
      {},
      { query: '' },
      { query: ' ' },
      { query: 'x'.repeat(2001) },
      { query: 'x', k: 0 },
      { query: 'x', k: 51 },
      { query: 'x', k: 1.5 },
      { query: 'x', user_id: admin.userId },
      { query: 'x', kinds: [] },
      { query: 'x', kinds: ['secret'] },
      { query: 'x', as_of: 'April' },
      { query: 'x', as_of: '2026-04-01T00:00:00' },
      { query: 'x', max_tokens: 0 },
    ]) {
      expect((await search(admin, body)).status, JSON.stringify(body)).toBe(422);
    }
  });

  test('a run of one person does not recall the private facts of another (attack 97)', async () => {
    const word = unique();
    await insertFacts(database, member, [`My password hint is ${word}.`], { scope: 'user', scopeId: member.userId });
    await insertFacts(database, member, [`The page said ${word}.`], {
      trust: 'untrusted',
      scope: 'worker',
      scopeId: 'backend',
      sourceKind: 'web',
    });
    const recall = (person: Person) =>
      recallFor({
        database,
        tenantId: person.tenantId,
        userId: person.userId,
        worker: 'backend',
        runId: createId('run'),
        query: word,
        k: 9,
        signal: forever,
      });
    const telling = (items: readonly { text: string }[] = []) => items.filter(({ text }) => text.includes(word));
    expect(telling(await recall(member))).toHaveLength(2);
    expect(telling(await recall(admin))).toEqual([]);
    expect(telling((await search(admin, { query: word })).body.items)).toEqual([]);
  });
});

describe('delete-memory', () => {
  const rowsOf = (id: string | undefined, person: Person) =>
    database
      .as(scopeOf(person))
      .query({ name: 'test_memory_rows', text: 'select id from memories where id = $1', values: [id] });

  test('204: the row is gone, and search with it; a second time is 404', async () => {
    const added = await add(member, { text: `Short-lived ${unique()}` });
    expect((await remove(member, added.body.id)).status).toBe(204);
    expect(await rowsOf(added.body.id, member)).toEqual([]);
    expect(await remove(member, added.body.id)).toMatchObject({ status: 404, body: problem('not-found', 404) });
  });

  test('204: an admin removes any fact of the tenant, also a private one', async () => {
    const shared = await add(member, { text: `Shared ${unique()}`, scope: 'worker', scope_id: 'qa' });
    const own = await add(member, { text: `Private ${unique()}` });
    expect((await remove(admin, shared.body.id)).status).toBe(204);
    expect((await remove(admin, own.body.id)).status).toBe(204);
    expect(await rowsOf(own.body.id, member)).toEqual([]);
  });

  test('403: what a member sees but did not write, and whatever a viewer wants to remove', async () => {
    const [shared] = await insertFacts(database, admin, [`Of all ${unique()}`]);
    expect(await remove(member, shared)).toMatchObject({ status: 403, body: problem('forbidden', 403) });
    expect((await remove(viewer, shared)).status).toBe(403);
    expect(await rowsOf(shared, admin)).toHaveLength(1);
  });

  test('404: of another tenant, private to another person, or never there', async () => {
    const [foreign] = await insertFacts(database, stranger, [`Foreign ${unique()}`]);
    const [own] = await insertFacts(database, admin, [`Own ${unique()}`], { scope: 'user', scopeId: admin.userId });
    for (const id of [foreign, own, createId('mem')]) expect((await remove(member, id)).status).toBe(404);
    expect((await remove(admin, foreign)).status).toBe(404);
    expect(await rowsOf(foreign, stranger)).toHaveLength(1);
  });

  test('401, and 422 for an id of another form', async () => {
    expect((await remove(undefined, createId('mem'))).status).toBe(401);
    expect((await remove(admin, 'mem_1')).status).toBe(422);
  });
});
