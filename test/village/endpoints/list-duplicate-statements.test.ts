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

test('lists each pair of one agent and the same readers once, the older first', async () => {
  const said = [
    await village.say(ada, 'The port is 8080.'),
    await village.say(ada, 'It listens on port 8080.'),
    await village.say(ada, 'The port is 8080, I think.', { realm: 'private' }),
    await village.say(ada, 'Port 8080.', { agent: 'coder' }),
    await village.say(bo, 'It is port 8080.'),
    // The vectors of a claim and its denial are near too.
    await village.say(ada, 'The door is locked.', { agent: 'guard' }),
    await village.say(ada, 'It is cold. The door is not locked.', { agent: 'guard' }),
  ].map(({ id }) => id);
  await untilLinked(ada);
  await changeStatements(said, { isAlike: true });
  const { items, next_cursor: next } = (await village.as(ada, 'GET', '/health/duplicates')).body;
  expect(items).toMatchObject([{ one: { id: said[0], uses: 0 }, other: { id: said[1] }, reason: 'reworded' }]);
  expect([items[0].similarity, next]).toEqual([expect.closeTo(1), null]);
  expect((await village.as(bo, 'GET', '/health/duplicates')).body.items).toEqual([]);
  expect((await village.as(ada, 'GET', '/health/duplicates?limit=0')).status).toBe(422);
});
