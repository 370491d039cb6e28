import { afterAll, beforeAll, expect, test } from 'vitest';
import { blameMemory } from '../../../functions/memory/endpoints/blame-memory.ts';
import { confirmMemory } from '../../../functions/memory/endpoints/confirm-memory.ts';
import { listStaleMemories } from '../../../functions/memory/endpoints/list-stale-memories.ts';
import { mergeMemories } from '../../../functions/memory/endpoints/merge-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { neglectedFacts } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([blameMemory, confirmMemory, listStaleMemories, mergeMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const confirm = async (who: Person | undefined, id: string) =>
  server.call(who, 'POST', '/api/v1/memory/health/confirm', { id });
const stale = async (who: Person) => (await server.call(who, 'GET', '/api/v1/memory/health/stale')).body.items;

test('200: a confirmed fact is reinforced, leaves the stale ones, and says who confirmed it', async () => {
  const person = await createPerson(database, 'member');
  const [id = ''] = await neglectedFacts(database, person, { days: 60, trust: 'untrusted', confidence: 0.4 }, ['One.']);
  expect(await stale(person)).toMatchObject([{ id }]);
  const { status, body } = await confirm(person, id);
  expect([status, body.id, body.trust]).toEqual([200, id, 'untrusted']);
  expect(Number(body.confidence)).toBeCloseTo(0.6);
  expect(await stale(person)).toEqual([]);
  const { evidence } = (await server.call(person, 'GET', `/api/v1/memory/${id}/blame`)).body;
  expect(evidence).toMatchObject([{}, { action: 'reinforced', source_kind: 'person', author: person.userId }]);
});

test('409 for a fact that is not true now; 403 for another user’s; 404 for one that nobody sees', async () => {
  const person = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [keep = '', discard = ''] = await insertFacts(database, person, ['One.', 'Two.']);
  await server.call(person, 'POST', '/api/v1/memory/health/merge', { keep, discard });
  expect((await confirm(person, discard)).status).toBe(409);
  expect((await confirm(colleague, keep)).status).toBe(403);
  expect((await confirm(await createPerson(database), keep)).status).toBe(404);
});

test('401 without a token, 403 for a viewer, 422 for another id', async () => {
  expect((await confirm(undefined, createId('mem'))).status).toBe(401);
  expect((await confirm(await createPerson(database, 'viewer'), createId('mem'))).status).toBe(403);
  expect((await confirm(await createPerson(database), 'x')).status).toBe(422);
});
