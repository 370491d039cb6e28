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

test('lists agents, the newest first, with the statements that the reader sees', async () => {
  const { ada, bo } = people;
  for (const agent of ['Zed', 'Abe', 'Abe']) await village.say(ada, `I am ${agent}.`, { agent });
  await village.say(ada, 'A note.', { agent: 'Abe', realm: 'private' });
  await village.say(ada, 'A note.', { agent: 'Only mine', realm: 'private' });
  const agents = async (person: Person) =>
    (await village.as(person, 'GET', '/agents')).body.items.map(
      ({ name, statements, is_own: isOwn }: Record<string, unknown>) => [name, statements, isOwn],
    );
  expect(await agents(ada)).toEqual([
    ['Only mine', 1, true],
    ['Abe', 3, true],
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

test('agents of one name are told apart by the names of their users, which are no addresses', async () => {
  const { ada, bo } = people;
  for (const person of [ada, bo]) await village.say(person, 'I look things up.', { agent: 'researcher' });
  const { body } = await village.as(bo, 'GET', '/agents');
  const named = body.items.filter(({ name }: { name: string }) => name === 'researcher');
  expect(named).toMatchObject([
    { owner: 'bo', is_own: true },
    { owner: 'ada', is_own: false },
  ]);
  expect(JSON.stringify(body)).not.toContain('@');
  const { body: convergence } = await village.as(bo, 'GET', '/convergence');
  expect(convergence.agents.filter(({ name }: { name: string }) => name === 'researcher')).toEqual(
    expect.arrayContaining(
      named.map(({ id, name, is_own, owner }: Record<string, unknown>) => ({ id, name, is_own, owner })),
    ),
  );
});
