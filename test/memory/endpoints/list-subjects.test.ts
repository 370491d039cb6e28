import { expect, test } from 'vitest';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { blameMemory } from '../../../functions/memory/endpoints/blame-memory.ts';
import { deleteKey } from '../../../functions/memory/endpoints/delete-key.ts';
import { deleteMemory } from '../../../functions/memory/endpoints/delete-memory.ts';
import { eraseSubject } from '../../../functions/memory/endpoints/erase-subject.ts';
import { getKey } from '../../../functions/memory/endpoints/get-key.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { listSubjectsEndpoint } from '../../../functions/memory/endpoints/list-subjects.ts';
import { orchestratedSearch } from '../../../functions/memory/endpoints/orchestrated-search.ts';
import { putKey } from '../../../functions/memory/endpoints/put-key.ts';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Person } from '../../entities/people.ts';
import { problem, serve } from '../../entities/served.ts';

const served = serve(
  addMemory,
  blameMemory,
  deleteMemory,
  deleteKey,
  eraseSubject,
  getKey,
  listMemories,
  listSubjectsEndpoint,
  orchestratedSearch,
  putKey,
  searchMemory,
);
const namesOf = async (person: Person) =>
  (await served.call(person, 'GET', '/memory/subjects')).body.items.map((item: { user_id: string }) => item.user_id);
const add = (person: Person, user_id: unknown, text = 'I live in Oslo', more = {}) =>
  served.call(person, 'POST', '/memory', { text, user_id, ...more });
const factsOf = async (person: Person, user_id?: string) => {
  const query = user_id === undefined ? '' : `?user_id=${encodeURIComponent(user_id)}`;
  const { body } = await served.call(person, 'GET', `/memory${query}`);
  return body.items.map((item: { text: string }) => item.text);
};

test('401 without a token', async () => {
  expect(await served.call(undefined, 'GET', '/memory/subjects')).toMatchObject(problem('unauthenticated', 401));
});

test('lists the names by page, each subject of the caller once; other users have subjects of their own', async () => {
  const person = await served.createUser();
  const colleague = await served.createUser('member', person.tenantId);
  const names = ['alex', 'bea', 'Łukasz', '李雷', 'user@example.com', 'a/b c', '🚀', '-1', 'null'];
  for (const name of names) expect((await add(person, name)).status).toBe(201);
  for (const name of names) expect((await add(person, name)).status).toBe(200);
  await add(colleague, 'alex', 'I live in Rome');
  const seen: string[] = [];
  let cursor = '';
  do {
    const { body } = await served.call(person, 'GET', `/memory/subjects?limit=4${cursor}`);
    seen.push(...body.items.map((item: { user_id: string }) => item.user_id));
    cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
  } while (cursor !== '');
  expect(seen.toSorted()).toEqual(names.toSorted());
  expect(await namesOf(colleague)).toEqual(['alex']);
  for (const name of names) expect(await factsOf(person, name)).toEqual(['I live in Oslo']);
  expect(await factsOf(colleague, 'alex')).toEqual(['I live in Rome']);
  expect(await factsOf(person)).toEqual([]);
});

test('names that differ only in their Unicode composition are one, others are not', async () => {
  const person = await served.createUser();
  for (const name of ['Zoe\u0308', 'Zo\u00eb', 'zo\u00eb', 'Zoe']) await add(person, name, `I am ${name}`);
  expect((await namesOf(person)).toSorted()).toEqual(['Zo\u00eb', 'Zoe', 'zo\u00eb'].toSorted());
});

test('the caller’s own id is the caller, and the id of nobody else is anybody', async () => {
  const person = await served.createUser();
  const other = await served.createUser('admin', person.tenantId);
  expect((await add(person, person.userId)).status).toBe(201);
  expect(await factsOf(person)).toEqual(['I live in Oslo']);
  for (const id of [other.userId, 'usr_01h455vb4pex5vsknk084sn02q'])
    expect(await add(person, id)).toMatchObject(problem('not-found', 404));
  expect([await namesOf(person), await factsOf(other)]).toEqual([[], []]);
});

test('422 for a name that is not allowed, or two different ones, and nothing is stored', async () => {
  const person = await served.createUser();
  for (const name of [
    '',
    ' alex',
    'alex ',
    'a\nb',
    'a\u2028b',
    '.',
    '..',
    'usr_1',
    'x'.repeat(201),
    7,
    null,
    {},
    ['a'],
  ])
    expect(await add(person, name)).toMatchObject(problem('invalid-request', 422));
  const body = { text: 'I live in Oslo', user_id: 'alex' };
  expect(await served.call(person, 'POST', '/memory?user_id=bea', body)).toMatchObject(problem('invalid-request', 422));
  expect((await served.call(person, 'POST', '/memory?user_id=alex', body)).status).toBe(201);
  expect(await served.call(person, 'GET', '/memory/subjects?user_id=alex')).toMatchObject(
    problem('invalid-request', 422),
  );
  expect(await namesOf(person)).toEqual(['alex']);
});

test('a read of an unknown subject answers as an empty memory and creates none, as a failed write does', async () => {
  const person = await served.createUser();
  await add(person, undefined, 'I live in Paris');
  const search = await served.call(person, 'POST', '/memory/search', { query: 'Paris', user_id: 'alex' });
  expect(search.body.items).toEqual([]);
  const asked = await served.call(person, 'POST', '/memory/orchestrated-search', { query: 'Paris?', user_id: 'alex' });
  expect(asked).toMatchObject({ status: 200, body: { ended_by: 'empty' } });
  expect(await factsOf(person, 'alex')).toEqual([]);
  expect(await served.call(person, 'GET', '/memory/keys/one?user_id=alex')).toMatchObject(problem('not-found', 404));
  expect(await served.call(person, 'DELETE', '/memory/keys/one?user_id=alex')).toMatchObject(problem('not-found', 404));
  expect(await add(person, 'alex', 'I live in Oslo', { scope: 'worker', scope_id: 'coder' })).toMatchObject(
    problem('forbidden', 403),
  );
  expect(await namesOf(person)).toEqual([]);
});

test('a subject shares no facts with the tenant, and sees none that the tenant shares', async () => {
  const admin = await served.createUser('admin');
  const sprint = createId('run');
  await served.sql('insert_run', `insert into sessions (id, tenant_id, user_id, query) values ($1, $2, $3, 'test')`, [
    sprint,
    admin.tenantId,
    admin.userId,
  ]);
  for (const scope of ['tenant', 'worker', 'sprint']) {
    const scope_id = { tenant: undefined, worker: 'coder', sprint }[scope];
    const shared = await add(admin, undefined, `The office of the ${scope} is in Bergen`, { scope, scope_id });
    for (const [method, path] of [
      ['GET', `/memory/${shared.body.id}/blame`],
      ['DELETE', `/memory/${shared.body.id}`],
    ] as const)
      expect(await served.call(admin, method, `${path}?user_id=alex`)).toMatchObject(problem('not-found', 404));
    expect(await add(admin, 'alex', 'The office is in Rome', { scope, scope_id })).toMatchObject(
      problem('forbidden', 403),
    );
  }
  await add(admin, 'alex', 'My desk is in Lund');
  expect(await factsOf(admin, 'alex')).toEqual(['My desk is in Lund']);
  expect(await factsOf(admin)).toHaveLength(3);
  const search = (user_id: string | undefined) =>
    served.call(admin, 'POST', '/memory/search', { query: 'Which desk is in Bergon?', user_id });
  const found = (await search('alex')).body;
  expect(found).toMatchObject({
    items: [{ text: 'My desk is in Lund', user_id: 'alex', scope_id: 'alex', author: 'alex' }],
    corrected: [],
  });
  expect(found.items).toHaveLength(1);
  expect((await search(undefined)).body.corrected).toEqual([{ word: 'bergon', name: 'bergen' }]);
});
