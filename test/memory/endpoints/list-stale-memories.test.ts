import { afterAll, beforeAll, expect, test } from 'vitest';
import { listStaleMemories } from '../../../functions/memory/endpoints/list-stale-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { neglectedFacts, useFacts } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listStaleMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = async (who: Person | undefined, query = '') =>
  server.call(who, 'GET', `/api/v1/memory/health/stale${query}`);
const texts = async (...asked: Parameters<typeof list>) => (await list(...asked)).body.items?.map(({ text }) => text);

test('200: lists facts that no run used, stated or changed for 30 days, the oldest first, in pages', async () => {
  const person = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [used] = await neglectedFacts(database, person, { days: 90 }, ['Used lately.']);
  await neglectedFacts(database, person, { days: 50 }, ['Second.']);
  await neglectedFacts(database, person, { days: 60 }, ['First.']);
  await neglectedFacts(database, person, { days: 20 }, ['Young.']);
  // A colleague's run counts: the fact is shared.
  await useFacts(database, colleague, [used ?? ''], 1);
  const first = (await list(person, '?limit=1')).body;
  const second = (await list(person, `?limit=1&cursor=${first.next_cursor}`)).body;
  expect([...(first.items ?? []), ...(second.items ?? [])].map(({ text }) => text)).toEqual(['First.', 'Second.']);
  expect([first.items?.[0], second.next_cursor]).toMatchObject([{ uses: 0, last_used_at: null }, null]);
  expect(await texts(person, '?days=10')).toEqual(['First.', 'Second.', 'Young.']);
  expect(await texts(colleague)).toEqual([]);
});

test('401 without a token, 422 for no days, 400 for a cursor of another list', async () => {
  const person = await createPerson(database, 'member');
  await neglectedFacts(database, person, { days: 60 }, ['One.', 'Two.']);
  const { next_cursor: cursor } = (await list(person, '?limit=1')).body;
  expect((await list(undefined)).status).toBe(401);
  expect((await list(person, '?days=0')).status).toBe(422);
  expect((await list(await createPerson(database), `?cursor=${cursor}`)).status).toBe(400);
});
