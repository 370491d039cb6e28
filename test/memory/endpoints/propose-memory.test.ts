import { afterAll, beforeAll, expect, test } from 'vitest';
import { proposeMemory } from '../../../functions/memory/endpoints/propose-memory.ts';
import { rememberFact } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([proposeMemory]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const propose = (who: Person | undefined, body: object) => server.call(who, 'POST', '/api/v1/memory/proposals', body);
const remember = (text: string) =>
  rememberFact({
    database,
    ...person,
    worker: 'backend',
    runId: createId('run'),
    text,
    scope: 'worker',
    signal: forever,
  });

test('201 with the id of the proposal, the same id when it is repeated, and another id for another scope', async () => {
  const { id } = await remember('Pages load in a second.');
  const first = await propose(person, { memory_id: id, scope: 'worker', scope_id: 'frontend' });
  expect(first).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^prop_/) } });
  const again = await propose(person, { memory_id: id, scope: 'worker', scope_id: 'frontend', reason: 'again' });
  expect([again.status, again.body]).toEqual([201, first.body]);
  const other = await propose(person, { memory_id: id });
  expect([other.status, other.body.id === first.body.id]).toEqual([201, false]);
});

test('404 for a trusted fact, another user’s fact and an unknown id', async () => {
  const [trusted] = await insertFacts(database, person, ['Said by the user.']);
  const { id } = await remember('Tests run at night.');
  const colleague = await createPerson(database, 'admin', person.tenantId);
  expect((await propose(person, { memory_id: trusted })).status).toBe(404);
  expect((await propose(colleague, { memory_id: id })).status).toBe(404);
  expect((await propose(person, { memory_id: createId('mem') })).status).toBe(404);
});

test('401 without a token, 403 for a viewer', async () => {
  const viewer = await createPerson(database, 'viewer', person.tenantId);
  expect((await propose(undefined, { memory_id: createId('mem') })).status).toBe(401);
  expect((await propose(viewer, { memory_id: createId('mem') })).status).toBe(403);
});

test.each([
  {},
  { memory_id: 'x' },
  { memory_id: createId('mem'), scope: 'worker' },
  { memory_id: createId('mem'), scope_id: 'x' },
])('422 for %j', async (body) => {
  expect((await propose(person, body)).status).toBe(422);
});
