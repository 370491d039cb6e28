import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';

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
  expect((await list(person, '?scope=user')).body).toEqual({ items: [], next_cursor: null });
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
])('422 for %s', async (query) => {
  expect((await list(admin, query)).status).toBe(422);
});
