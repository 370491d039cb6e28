import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import type { Person } from '../../entities/people.ts';
import { changeStatements, createPeople, startVillage, type Village } from '../village-server.ts';

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

test('lists statements of at most two uses that are older than a week; uses of merged ones count', async () => {
  const ids: string[] = [];
  for (const content of ['Rare.', 'Often.', 'Merged.', 'Young.']) ids.push((await village.say(ada, content)).id);
  const [rare = '', often = '', merged = ''] = ids;
  await changeStatements([rare], { daysOld: 10, uses: 2, usedDaysAgo: 3 });
  await changeStatements([often], { daysOld: 10, uses: 2, usedDaysAgo: 3 });
  await changeStatements([merged], { daysOld: 10, uses: 1, usedDaysAgo: 1 });
  await village.as(ada, 'POST', '/health/merge', { keep: often, discard: merged });
  expect(await village.read(ada, '/health/rarely_used')).toEqual(['Rare.']);
  expect(await village.read(bo, '/health/rarely_used')).toEqual([]);
  expect((await village.as(ada, 'GET', '/health/rarely_used?limit=0')).status).toBe(422);
});
