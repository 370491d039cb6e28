import { afterAll, beforeAll, expect, test } from 'vitest';
import { blameMemory } from '../../../functions/memory/endpoints/blame-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { mergeMemories } from '../../../functions/memory/endpoints/merge-memories.ts';
import { undoMerge } from '../../../functions/memory/endpoints/undo-merge.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([blameMemory, listMemories, mergeMemories, undoMerge]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const undo = async (who: Person | undefined, id: string) =>
  server.call(who, 'DELETE', `/api/v1/memory/health/merges/${id}`);

test('200: both facts hold again, and the kept one loses what it gained; 404 the second time', async () => {
  const person = await createPerson(database, 'admin');
  const ids: string[] = [];
  for (const text of ['The port is 8080.', 'It listens on port 8080.'])
    ids.push(...(await insertFacts(database, person, [text], { sourceId: createId('run'), confidence: 0.5 })));
  const [keep = '', discard = ''] = ids;
  await server.call(person, 'POST', '/api/v1/memory/health/merge', { keep, discard });
  expect(await undo(person, discard)).toMatchObject({
    status: 200,
    body: { id: discard, valid_to: null, superseded_by: null },
  });
  const { items } = (await server.call(person, 'GET', '/api/v1/memory')).body;
  expect(items).toMatchObject([
    { id: discard, confidence: 0.5 },
    { id: keep, confidence: 0.5 },
  ]);
  const { evidence } = (await server.call(person, 'GET', `/api/v1/memory/${keep}/blame`)).body;
  expect(evidence).toHaveLength(1);
  expect((await undo(person, discard)).status).toBe(404);
});

test('404 for a fact that the caller did not merge, 401 without a token, 422 for another id', async () => {
  const person = await createPerson(database, 'admin');
  const [keep = '', discard = ''] = await insertFacts(database, person, ['One.', 'Two.']);
  await server.call(person, 'POST', '/api/v1/memory/health/merge', { keep, discard });
  expect((await undo(await createPerson(database, 'admin', person.tenantId), discard)).status).toBe(404);
  expect((await undo(person, keep)).status).toBe(404);
  expect((await undo(undefined, discard)).status).toBe(401);
  expect((await undo(person, 'x')).status).toBe(422);
});
