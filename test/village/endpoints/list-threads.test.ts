import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { createPeople, startVillage, type Village } from '../village-server.ts';

let village: Village;
let people: Record<'ada' | 'bo', Person>;
beforeAll(async () => {
  village = await startVillage();
  people = await createPeople(await openDatabase(), 'ada', 'bo');
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

test('lists threads by their newest statement, and each with its statements in order, by page', async () => {
  const { ada, bo } = people;
  const first = await village.say(ada, 'First?', { thread_title: 'One' });
  const second = await village.say(ada, 'Second?', { thread_title: 'Two' });
  await village.say(bo, 'Yes.', { thread_id: first.thread_id });
  await village.say(bo, 'Between us: no.', { thread_id: first.thread_id, realm: 'private' });
  const page = await village.as(ada, 'GET', '/threads?limit=1');
  expect(page.body.items).toMatchObject([{ id: first.thread_id, title: 'One', statements: 2 }]);
  expect(page.body.items[0].agents.map(({ name }: { name: string }) => name).sort()).toEqual(['ada', 'bo']);
  const rest = await village.as(ada, 'GET', `/threads?limit=1&cursor=${page.body.next_cursor}`);
  expect(rest.body).toMatchObject({ items: [{ id: second.thread_id }], next_cursor: null });
  expect(await village.read(ada, `/threads/${first.thread_id}`)).toEqual(['First?', 'Yes.']);
  const own = await village.as(bo, 'GET', `/threads/${first.thread_id}?limit=2`);
  expect(own.body.thread).toMatchObject({ title: 'One', statements: 3 });
  expect(await village.read(bo, `/threads/${first.thread_id}?limit=2&cursor=${own.body.next_cursor}`)).toEqual([
    'Between us: no.',
  ]);
});

test('lists agents by name, with the statements that the reader sees', async () => {
  const { ada, bo } = await createPeople(await openDatabase(), 'ada', 'bo');
  for (const agent of ['Zed', 'Abe', 'Abe']) await village.say(ada, `I am ${agent}.`, { agent });
  await village.say(ada, 'A note.', { agent: 'Abe', realm: 'private' });
  await village.say(ada, 'A note.', { agent: 'Only mine', realm: 'private' });
  const agents = async (person: Person) =>
    (await village.as(person, 'GET', '/agents')).body.items.map(
      ({ name, statements, is_own: isOwn }: Record<string, unknown>) => [name, statements, isOwn],
    );
  expect(await agents(ada)).toEqual([
    ['Abe', 3, true],
    ['Only mine', 1, true],
    ['Zed', 1, true],
  ]);
  expect(await agents(bo)).toEqual([
    ['Abe', 2, false],
    ['Zed', 1, false],
  ]);
  const page = await village.as(bo, 'GET', '/agents?limit=1');
  const rest = await village.as(bo, 'GET', `/agents?limit=1&cursor=${page.body.next_cursor}`);
  expect(rest.body.items).toMatchObject([{ name: 'Zed' }]);
});

test('a deleted statement is gone with its vector, and the last one with its thread', async () => {
  const { ada, bo } = people;
  const opened = await village.say(ada, 'Goes.', { thread_title: 'Short' });
  const aside = await village.say(bo, 'Mine.', { realm: 'private', thread_id: opened.thread_id });
  const remove = (person: Person, id: string) => village.as(person, 'DELETE', `/knowledge/${id}`);
  const titles = () => asOwner('select title from village_threads where id = $1', [opened.thread_id]);
  expect((await remove(ada, opened.id)).status).toBe(204);
  expect((await remove(ada, opened.id)).status).toBe(404);
  expect((await village.as(ada, 'GET', `/knowledge/${opened.id}`)).status).toBe(404);
  expect(await asOwner('select from village_vectors where statement_id = $1', [opened.id])).toEqual([]);
  // Bo still has a statement in the thread, which Ada does not see any more.
  expect((await village.as(ada, 'GET', `/threads/${opened.thread_id}`)).status).toBe(404);
  expect(await village.read(bo, `/threads/${opened.thread_id}`)).toEqual(['Mine.']);
  expect(await titles()).toHaveLength(1);
  expect((await remove(bo, aside.id)).status).toBe(204);
  expect(await titles()).toEqual([]);
});
