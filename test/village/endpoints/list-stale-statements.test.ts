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

test('lists statements that no search showed for 30 days, the oldest first, in pages', async () => {
  const ids: string[] = [];
  for (const content of ['Second.', 'First.', 'Used lately.', 'Young.']) ids.push((await village.say(ada, content)).id);
  const [second = '', first = '', used = '', young = ''] = ids;
  await changeStatements([second], { daysOld: 40 });
  await changeStatements([first], { daysOld: 50 });
  await changeStatements([used], { daysOld: 60, uses: 1, usedDaysAgo: 2 });
  await changeStatements([young], { daysOld: 20 });
  await changeStatements([(await village.say(bo, 'Of Bo.')).id], { daysOld: 60 });
  const { body } = await village.as(ada, 'GET', '/health/stale?limit=1');
  expect(body.items).toMatchObject([{ content: 'First.', uses: 0, last_used_at: null }]);
  expect(await village.read(ada, `/health/stale?limit=1&cursor=${body.next_cursor}`)).toEqual(['Second.']);
  expect(await village.read(ada, '/health/stale?days=10')).toEqual(['First.', 'Second.', 'Young.']);
  expect((await village.as(ada, 'GET', '/health/stale?days=x')).status).toBe(422);
});
