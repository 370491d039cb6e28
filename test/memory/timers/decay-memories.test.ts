import { afterAll, beforeAll, expect, test } from 'vitest';
import { decayMemories } from '../../../functions/memory/timers/decay-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson, insertFacts, type Person, scopeOf } from '../../entities/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const database = await openDatabase();
let server: TestServer;
beforeAll(async () => {
  server = await startServer([decayMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const sayInRun = (person: Person, text: string, category = 'general') =>
  insertFacts(database, person, [text], {
    scope: 'worker',
    scopeId: 'backend',
    trust: 'untrusted',
    sourceKind: 'run',
    sourceId: createId('run'),
    author: 'backend',
    category,
    confidence: 0.5,
  });
const confidences = async (person: Person) =>
  Object.fromEntries(
    (
      await database.as(scopeOf(person)).query<{ text: string; confidence: number }>({
        name: 'test_confidences',
        text: 'select text, confidence from memories',
      })
    ).map(({ text, confidence }) => [text, confidence]),
  );
const makeOlder = (person: Person, days: number) =>
  asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_age',
      text: 'update memories set updated_at = now() - make_interval(days => $2), decayed_at = now() - make_interval(days => $2) where tenant_id = $1',
      values: [person.tenantId, days],
    }),
  );

test('200: halves untrusted facts by the half-life of their category, leaves trusted ones, and does nothing the second time', async () => {
  const person = await createPerson(database, 'admin');
  await sayInRun(person, 'Logs are JSON lines.');
  await sayInRun(person, 'Logs are JSON lines.');
  await sayInRun(person, 'The page is in src/cart.vue.', 'file');
  await sayInRun(person, 'We decided on Redis.', 'decision');
  await insertFacts(database, person, ['The user is certain.']);
  expect(await confidences(person)).toMatchObject({ 'Logs are JSON lines.': expect.closeTo(2 / 3, 4) });
  await makeOlder(person, 120);
  expect(await server.invoke('memory-decay-memories')).toMatchObject({
    status: 200,
    body: { status: 'done', faded: 3 },
  });
  const faded = {
    'Logs are JSON lines.': expect.closeTo(1 / 3, 2),
    // Two half-lives of 60 days would be 0.125, below the floor.
    'The page is in src/cart.vue.': expect.closeTo(0.2, 4),
    'We decided on Redis.': expect.closeTo(0.5 * 0.5 ** 0.5, 2),
    'The user is certain.': 1,
  };
  expect(await confidences(person)).toEqual(faded);
  expect((await server.invoke('memory-decay-memories')).body).toMatchObject({ faded: 0 });
  expect(await confidences(person)).toEqual(faded);
});

test('401 without the token of the scheduler', async () => {
  expect((await server.call('POST', '/internal/timers/memory-decay-memories')).status).toBe(401);
});
