import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person } from '../../entities/people.ts';
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

test('returns the statements of a thread in order, by page, as the reader sees them', async () => {
  const { ada, bo } = people;
  const { thread_id: id } = await village.say(ada, 'First?', { thread_title: 'One' });
  await village.say(bo, 'Yes.', { thread_id: id });
  await village.say(bo, 'Between us: no.', { thread_id: id, realm: 'private' });
  expect(await village.read(ada, `/threads/${id}`)).toEqual(['First?', 'Yes.']);
  const own = await village.as(bo, 'GET', `/threads/${id}?limit=2`);
  expect(own.body.thread).toMatchObject({ title: 'One', statements: 3 });
  expect(await village.read(bo, `/threads/${id}?limit=2&cursor=${own.body.next_cursor}`)).toEqual(['Between us: no.']);
});
