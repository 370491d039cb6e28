import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person } from '../../entities/people.ts';
import { createPeople, startVillage, type Village } from '../village-server.ts';

let village: Village;
let ada: Person;
let bo: Person;
beforeAll(async () => {
  village = await startVillage();
  ({ ada, bo } = await createPeople(await openDatabase(), 'ada', 'bo'));
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

test('200: the statement stands for itself again; 404 the second time and for another user', async () => {
  const [keep, discard] = [await village.say(ada, 'Kept.'), await village.say(ada, 'Discarded.')];
  await village.as(ada, 'POST', '/health/merge', { keep: keep.id, discard: discard.id });
  const undo = (who: Person) => village.as(who, 'DELETE', `/health/merges/${discard.id}`);
  expect((await undo(bo)).status).toBe(404);
  expect(await undo(ada)).toMatchObject({ status: 200, body: { id: discard.id, merged_into: null } });
  expect((await village.read(ada, '/knowledge')).toSorted()).toEqual(['Discarded.', 'Kept.']);
  expect((await undo(ada)).status).toBe(404);
  expect((await village.as(ada, 'DELETE', '/health/merges/x')).status).toBe(422);
});
