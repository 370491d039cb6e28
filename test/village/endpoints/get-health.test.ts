import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person } from '../../entities/people.ts';
import { changeStatements, createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

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

test('counts the caller’s own statements, and leaves merged ones out', async () => {
  const [old, twin, new_] = [
    await village.say(ada, 'Old.'),
    await village.say(ada, 'The port is 8080.'),
    await village.say(ada, 'It listens on port 8080.'),
  ];
  await village.say(bo, 'Of Bo.');
  await untilLinked(ada);
  await changeStatements([old.id], { daysOld: 40 });
  const counts = async (query = '') => (await village.as(ada, 'GET', `/health${query}`)).body;
  expect(await counts()).toEqual({ facts: 3, stale: 1, rarely_used: 1, duplicates: 1, compared: 3 });
  expect(await counts('?days=50')).toMatchObject({ stale: 0 });
  await village.as(ada, 'POST', '/health/merge', { keep: twin.id, discard: new_.id });
  expect(await counts()).toEqual({ facts: 2, stale: 1, rarely_used: 1, duplicates: 0, compared: 2 });
  expect((await village.as(ada, 'GET', '/health?days=0')).status).toBe(422);
});
