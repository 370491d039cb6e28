import { afterAll, beforeAll, expect, test } from 'vitest';
import { listRareMemories } from '../../../functions/memory/endpoints/list-rare-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { neglectedFacts, useFacts } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listRareMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = async (who: Person | undefined, query = '') =>
  server.call(who, 'GET', `/api/v1/memory/health/rarely_used${query}`);

test('200: lists facts of at most two uses that are older than a week', async () => {
  const person = await createPerson(database, 'member');
  const [rare = '', often = ''] = await neglectedFacts(database, person, { days: 10 }, ['Rare.', 'Often.']);
  await neglectedFacts(database, person, { days: 6 }, ['Young.']);
  for (let n = 0; n < 2; n += 1) await useFacts(database, person, [rare, often]);
  await useFacts(database, person, [often]);
  expect((await list(person)).body.items).toMatchObject([{ text: 'Rare.', uses: 2, last_used_at: expect.any(String) }]);
});

test('401 without a token, 422 for an invalid page', async () => {
  expect((await list(undefined)).status).toBe(401);
  expect((await list(await createPerson(database), '?limit=0')).status).toBe(422);
});
