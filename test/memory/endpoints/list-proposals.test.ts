import { afterAll, beforeAll, expect, test } from 'vitest';
import { listProposals } from '../../../functions/memory/endpoints/list-proposals.ts';
import { proposeMemory } from '../../../functions/memory/endpoints/propose-memory.ts';
import { rememberFact } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listProposals, proposeMemory]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = (who: Person | undefined, query = '') => server.call(who, 'GET', `/api/v1/memory/proposals${query}`);

async function propose(person: Person, text: string): Promise<void> {
  const run = { worker: 'backend', runId: createId('run'), scope: 'worker' } as const;
  const fact = await rememberFact({ database, ...person, ...run, text, signal: forever });
  await server.call(person, 'POST', '/api/v1/memory/proposals', { memory_id: fact.id, scope: 'tenant' });
}

test('200: pages by cursor, newest first, only proposals that the caller may decide', async () => {
  const person = await createPerson(database, 'member');
  for (let n = 0; n < 3; n += 1) await propose(person, `Number ${n} is up.`);
  const first = (await list(person, '?limit=2')).body;
  const second = (await list(person, `?limit=2&cursor=${first.next_cursor}`)).body;
  expect([...(first.items ?? []), ...(second.items ?? [])].map(({ text }) => text)).toEqual([
    'Number 2 is up.',
    'Number 1 is up.',
    'Number 0 is up.',
  ]);
  expect(second.next_cursor).toBeNull();
  // An admin sees a proposal only after its user has endorsed it.
  const admin = await createPerson(database, 'admin', person.tenantId);
  expect((await list(admin)).body.items).toEqual([]);
});

test('400 for a cursor of another user, 401 without a token, 422 for an invalid page', async () => {
  const person = await createPerson(database, 'member');
  for (const text of ['One.', 'Two.']) await propose(person, text);
  const colleague = await createPerson(database, 'member', person.tenantId);
  const { next_cursor: cursor } = (await list(person, '?limit=1')).body;
  expect((await list(colleague, `?cursor=${cursor}`)).status).toBe(400);
  expect((await list(undefined)).status).toBe(401);
  expect((await list(person, '?limit=0')).status).toBe(422);
});
