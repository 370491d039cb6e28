import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteMemory } from '../../../functions/memory/endpoints/delete-memory.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, scopeOf, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let admin: Person;
let member: Person;
beforeAll(async () => {
  server = await serveFunctions([deleteMemory]);
  admin = await createPerson(database, 'admin');
  member = await createPerson(database, 'member', admin.tenantId);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const remove = (person: Person | undefined, id: string | undefined) =>
  server.call(person, 'DELETE', `/api/v1/memory/${id}`);
const problem = (kind: string, status: number) => ({ status, body: { type: `urn:apexflow:problem:${kind}`, status } });
const ownFact = async (person: Person) =>
  (await insertFacts(database, person, [`Own ${createId('word')}`], { scope: 'user', scopeId: person.userId }))[0];
const rowsOf = (id: string | undefined, person: Person) =>
  database
    .as(scopeOf(person))
    .query({ name: 'test_memory_rows', text: 'select id from memories where id = $1', values: [id] });

test('204: deletes the caller’s own fact; 404 the second time', async () => {
  const id = await ownFact(member);
  expect((await remove(member, id)).status).toBe(204);
  expect(await rowsOf(id, member)).toEqual([]);
  expect(await remove(member, id)).toMatchObject(problem('not-found', 404));
});

test('204: an admin deletes any fact of the tenant, also another user’s private one', async () => {
  const [shared] = await insertFacts(database, member, [`Shared ${createId('word')}`], {
    scope: 'worker',
    scopeId: 'qa',
  });
  const own = await ownFact(member);
  expect((await remove(admin, shared)).status).toBe(204);
  expect((await remove(admin, own)).status).toBe(204);
  expect(await rowsOf(own, member)).toEqual([]);
});

test('401 without a token', async () => {
  expect((await remove(undefined, createId('mem'))).status).toBe(401);
});

test('403 for a fact that a member sees but did not write, and for a viewer', async () => {
  const viewer = await createPerson(database, 'viewer', admin.tenantId);
  const [shared] = await insertFacts(database, admin, [`Of all ${createId('word')}`]);
  expect(await remove(member, shared)).toMatchObject(problem('forbidden', 403));
  expect((await remove(viewer, shared)).status).toBe(403);
  expect(await rowsOf(shared, admin)).toHaveLength(1);
});

test('404 for a fact of another tenant, another user’s private fact and an unknown id', async () => {
  const stranger = await createPerson(database, 'admin');
  const [foreign] = await insertFacts(database, stranger, [`Foreign ${createId('word')}`]);
  const own = await ownFact(admin);
  for (const id of [foreign, own, createId('mem')]) expect((await remove(member, id)).status).toBe(404);
  expect((await remove(admin, foreign)).status).toBe(404);
  expect(await rowsOf(foreign, stranger)).toHaveLength(1);
});

test('422 for an id in another format', async () => {
  expect((await remove(admin, 'mem_1')).status).toBe(422);
});
