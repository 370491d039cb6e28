import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteMemory } from '../../../functions/memory/endpoints/delete-memory.ts';
import { dismissDuplicate } from '../../../functions/memory/endpoints/dismiss-duplicate.ts';
import { getHealth } from '../../../functions/memory/endpoints/get-health.ts';
import { listDuplicateMemories } from '../../../functions/memory/endpoints/list-duplicate-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([deleteMemory, dismissDuplicate, getHealth, listDuplicateMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const dismiss = async (who: Person | undefined, one: string, other: string, more = {}) =>
  (await server.call(who, 'POST', '/api/v1/memory/health/duplicates/dismiss', { one, other, ...more })).status;
const pairs = async (who: Person, query = '') =>
  (await server.call(who, 'GET', `/api/v1/memory/health/duplicates${query}`)).body.items;
const pair = (one: string, other: string) => ({ one: { id: one }, other: { id: other } });

test('204: a dismissed pair is listed and counted no more, in either order, until it is taken back', async () => {
  const person = await createPerson(database, 'member');
  const [one = '', other = '', third = ''] = await insertFacts(database, person, [
    'The audit is in May.',
    'the audit is in May',
    'The audit is in May!',
  ]);
  expect(await pairs(person)).toHaveLength(3);
  for (const _ of ['first', 'again']) expect(await dismiss(person, other, one)).toBe(204);
  expect(await pairs(person)).toMatchObject([pair(one, third), pair(other, third)]);
  expect((await server.call(person, 'GET', '/api/v1/memory/health')).body).toMatchObject({ duplicates: 2 });
  expect(await pairs(person, '?dismissed=true')).toMatchObject([pair(one, other)]);
  expect(await dismiss(person, one, other, { is_dismissed: false })).toBe(204);
  expect(await pairs(person)).toHaveLength(3);
});

test('a deleted fact takes its dismissals with it', async () => {
  const person = await createPerson(database, 'member');
  const [one = '', other = ''] = await insertFacts(database, person, ['The audit is in May.', 'the audit is in May']);
  await dismiss(person, one, other);
  await server.call(person, 'DELETE', `/api/v1/memory/${other}`);
  expect(await asOwner('select from memory_twin_dismissals where one = $1', [one])).toEqual([]);
});

test('403 for another user’s fact and a viewer, 404 for one that nobody sees, 422 for one fact twice, 401', async () => {
  const person = await createPerson(database, 'admin');
  const [one = '', other = ''] = await insertFacts(database, person, ['One.', 'Two.']);
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [theirs = ''] = await insertFacts(database, colleague, ['Theirs.']);
  expect(await dismiss(person, one, theirs)).toBe(403);
  expect(await dismiss(await createPerson(database, 'viewer', person.tenantId), one, other)).toBe(403);
  expect(await dismiss(person, one, createId('mem'))).toBe(404);
  expect(await dismiss(person, one, one)).toBe(422);
  expect(await dismiss(undefined, one, other)).toBe(401);
});
