import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideProposal } from '../../../functions/memory/endpoints/decide-proposal.ts';
import { proposeMemory } from '../../../functions/memory/endpoints/propose-memory.ts';
import { rememberFact } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, type Person, scopeOf, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let member: Person;
let admin: Person;
beforeAll(async () => {
  server = await serveFunctions([decideProposal, proposeMemory]);
  admin = await createPerson(database, 'admin');
  member = await createPerson(database, 'member', admin.tenantId);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const decide = (who: Person | undefined, id: string | undefined, decision = 'accept') =>
  server.call(who, 'POST', `/api/v1/memory/proposals/${id}`, { decision });

/** Proposes a new untrusted fact of the member. */
async function propose(scope: 'user' | 'tenant'): Promise<{ memoryId: string; id: string | undefined }> {
  const run = { worker: 'backend', runId: createId('run'), scope: 'worker' } as const;
  const text = `Learned ${createId('word')}.`;
  const fact = await rememberFact({ database, ...member, ...run, text, signal: forever });
  const { body } = await server.call(member, 'POST', '/api/v1/memory/proposals', { memory_id: fact.id, scope });
  return { memoryId: fact.id, id: body.id };
}
const trustOf = async (memoryId: string) =>
  (
    await database.as(scopeOf(member)).query<{ trust: string; scope: string; confidence: number }>({
      name: 'test_trust',
      text: 'select trust, scope, confidence from memories where id = $1',
      values: [memoryId],
    })
  )[0];

test('200 accepted: the fact is trusted in the requested scope; 409 the second time', async () => {
  const { id, memoryId } = await propose('user');
  expect(await decide(member, id)).toMatchObject({ status: 200, body: { status: 'accepted' } });
  expect(await trustOf(memoryId)).toMatchObject({
    trust: 'trusted',
    scope: 'user',
    confidence: expect.closeTo(0.9, 5),
  });
  for (const decision of ['accept', 'decline']) expect((await decide(member, id, decision)).status).toBe(409);
});

test('200 declined: the fact stays untrusted; 409 the second time', async () => {
  const { id, memoryId } = await propose('user');
  expect(await decide(member, id, 'decline')).toMatchObject({ status: 200, body: { status: 'declined' } });
  expect(await trustOf(memoryId)).toMatchObject({ trust: 'untrusted', scope: 'worker' });
  expect((await decide(member, id)).status).toBe(409);
});

test('200 endorsed by a member for the tenant, then accepted by an admin', async () => {
  const { id, memoryId } = await propose('tenant');
  expect((await decide(admin, id)).status).toBe(404);
  expect((await decide(member, id)).body).toEqual({ status: 'endorsed' });
  expect(await trustOf(memoryId)).toMatchObject({ trust: 'untrusted' });
  expect((await decide(admin, id)).body).toEqual({ status: 'accepted' });
  expect(await trustOf(memoryId)).toMatchObject({ trust: 'trusted', scope: 'tenant' });
});

test('404 for another user’s proposal, another tenant’s, and an unknown id', async () => {
  const { id } = await propose('user');
  const colleague = await createPerson(database, 'member', admin.tenantId);
  const stranger = await createPerson(database, 'admin');
  for (const other of [colleague, stranger]) expect((await decide(other, id)).status).toBe(404);
  expect((await decide(member, createId('prop'))).status).toBe(404);
});

test('401 without a token, 403 for a viewer, 422 for another decision or id', async () => {
  const viewer = await createPerson(database, 'viewer', admin.tenantId);
  expect((await decide(undefined, createId('prop'))).status).toBe(401);
  expect((await decide(viewer, createId('prop'))).status).toBe(403);
  expect((await decide(member, createId('prop'), 'maybe')).status).toBe(422);
  expect((await decide(member, 'x')).status).toBe(422);
});
