import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let admin: Person;
beforeAll(async () => {
  server = await serveFunctions([listMemories]);
  admin = await createPerson(database, 'admin');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = (person: Person | undefined, query = '') => server.call(person, 'GET', `/api/v1/memory${query}`);

test('200: pages by cursor, newest first, with filters, and no fact twice', async () => {
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
  expect((await list(person, '?scope=user')).body).toEqual({
    items: [],
    next_cursor: null,
    total: { facts: 0, is_complete: true },
  });
});

test('200: finds the facts that have all words, and takes no sign of them for a wildcard', async () => {
  const person = await createPerson(database);
  const texts = [
    'The staging database is PostgreSQL 16.',
    'Rebates are 100% of the fee_2.',
    'Rebates are 1000 of the fee12.',
    'Paths look like C:\\data.',
    'Straße und Öl.',
  ];
  await insertFacts(database, person, texts);
  const found = async (q: string) =>
    (await list(person, `?q=${encodeURIComponent(q)}`)).body.items?.map(({ text }) => text);
  expect(await found('POSTGRESQL staging')).toEqual([texts[0]]);
  expect(await found('  postgres\t16  ')).toEqual([texts[0]]);
  expect(await found('100%')).toEqual([texts[1]]);
  expect(await found('fee_2')).toEqual([texts[1]]);
  expect(await found('C:\\data')).toEqual([texts[3]]);
  expect(await found('\\')).toEqual([texts[3]]);
  expect(await found('öl')).toEqual([texts[4]]);
  expect(await found("'; drop")).toEqual([]);
  expect(await found('staging rebates')).toEqual([]);
});

test('200 with how many facts all pages have, on the first page, counted like the list', async () => {
  const colleague = await createPerson(database, 'member', admin.tenantId);
  const person = await createPerson(database);
  await insertFacts(database, person, ['Red one', 'Red two', 'Red three', 'Blue one']);
  await insertFacts(database, colleague, ['Red and private'], { scope: 'user', scopeId: colleague.userId });
  const first = await list(person, '?limit=2&q=red');
  expect(first.body).toMatchObject({ total: { facts: 3, is_complete: true } });
  const second = await list(person, `?limit=2&q=red&cursor=${first.body.next_cursor}`);
  expect(second.body).toMatchObject({ items: [{ text: 'Red one' }], next_cursor: null, total: null });
  expect((await list(admin, '?q=private')).body).toMatchObject({ items: [], total: { facts: 0 } });
});

test('200 without the exact number above 1000 facts', async () => {
  const person = await createPerson(database);
  const [first = ''] = await insertFacts(database, person, ['Fact number 1']);
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_many_facts',
      text: `insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
        select overlay(id placing lpad(n::text, 4, '0') from length(id) - 3), tenant_id, user_id, 'Fact number ' || n,
          source_kind, author, trust, embedder
        from memories, generate_series(2, 1001) n where id = $1`,
      values: [first],
    }),
  );
  expect((await list(person, '?limit=1')).body.total).toEqual({ facts: 1000, is_complete: false });
  expect((await list(person, '?limit=1&q=number%2077')).body.total).toEqual({ facts: 19, is_complete: true });
});

test('200 without other users’ private and untrusted facts and without another tenant’s', async () => {
  const member = await createPerson(database, 'member', admin.tenantId);
  const stranger = await createPerson(database, 'admin');
  const [mine] = await insertFacts(database, admin, [`Learned ${createId('word')}`], {
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

test('400 for a cursor that was altered or made for another user', async () => {
  const person = await createPerson(database);
  await insertFacts(database, person, ['One', 'Two']);
  const { body } = await list(person, '?limit=1');
  expect((await list(admin, `?cursor=${body.next_cursor}`)).status).toBe(400);
  expect((await list(person, `?cursor=A${body.next_cursor}`)).status).toBe(400);
});

test('401 without a token', async () => {
  expect((await list(undefined)).status).toBe(401);
});

test.each([
  '?limit=-1',
  '?limit=0',
  '?limit=201',
  '?limit=1e9',
  '?limit[]=1',
  '?limit=1&limit=2',
  '?scope=all',
  '?as=me',
  '?q=',
  '?q=%20',
  `?q=${'a'.repeat(201)}`,
  `?q=${'a+'.repeat(21)}`,
])('422 for %s', async (query) => {
  expect((await list(admin, query)).status).toBe(422);
});
