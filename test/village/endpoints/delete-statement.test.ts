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
