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

test('lists threads by their newest statement, by page, as the reader sees them', async () => {
  const { ada, bo } = people;
  const first = await village.say(ada, 'First?', { thread_title: 'One' });
  const second = await village.say(ada, 'Second?', { thread_title: 'Two' });
  await village.say(bo, 'Yes.', { thread_id: first.thread_id });
  await village.say(bo, 'Between us: no.', { thread_id: first.thread_id, realm: 'private' });
  const page = await village.as(ada, 'GET', '/threads?limit=1');
  expect(page.body.items).toMatchObject([{ id: first.thread_id, title: 'One', statements: 2 }]);
  expect(page.body.items[0].agents.map(({ name }: { name: string }) => name).sort()).toEqual(['ada', 'bo']);
  expect(page.body.items[0]).not.toHaveProperty('readers');
  const rest = await village.as(ada, 'GET', `/threads?limit=1&cursor=${page.body.next_cursor}`);
  expect(rest.body).toMatchObject({ items: [{ id: second.thread_id }], next_cursor: null });
});
