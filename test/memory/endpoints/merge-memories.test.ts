import { afterAll, beforeAll, expect, test } from 'vitest';
import { blameMemory } from '../../../functions/memory/endpoints/blame-memory.ts';
import { deleteMemory } from '../../../functions/memory/endpoints/delete-memory.ts';
import { listFactHistory } from '../../../functions/memory/endpoints/list-fact-history.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { listRareMemories } from '../../../functions/memory/endpoints/list-rare-memories.ts';
import { mergeMemories } from '../../../functions/memory/endpoints/merge-memories.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { useFacts } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([
    blameMemory,
    deleteMemory,
    listFactHistory,
    listMemories,
    listRareMemories,
    mergeMemories,
    revertSource,
  ]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const merge = async (who: Person | undefined, keep: string, discard: string) =>
  server.call(who, 'POST', '/api/v1/memory/health/merge', { keep, discard });
const get = async (who: Person, path: string) => (await server.call(who, 'GET', `/api/v1/memory${path}`)).body;
const textsOf = async (who: Person, query = '') => (await get(who, query)).items?.map(({ text }) => text).toSorted();
const learned = (person: Person, text: string, run: string) =>
  insertFacts(database, person, [text], {
    scope: 'worker',
    scopeId: 'backend',
    trust: 'untrusted',
    confidence: 0.5,
    sourceKind: 'run',
    sourceId: run,
    author: 'backend',
  }).then(([id = '']) => id);

test('200: the kept fact replaces the other one, with its sources, uses and history; earlier times still have both', async () => {
  const person = await createPerson(database, 'member');
  const [one, other] = [createId('run'), createId('run')];
  const keep = await learned(person, 'The port is 8080.', one);
  const discard = await learned(person, 'It listens on port 8080.', other);
  await useFacts(database, person, [keep, discard]);
  await useFacts(database, person, [discard]);
  const before = new Date().toISOString();
  const merged = await merge(person, keep, discard);
  expect(merged).toMatchObject({ status: 200, body: { id: keep, superseded_by: null } });
  expect(Number(merged.body.confidence)).toBeCloseTo(0.5 + 0.5 / 3);
  expect(await textsOf(person)).toEqual(['The port is 8080.']);
  expect(await textsOf(person, `?as_of=${before}`)).toEqual(['It listens on port 8080.', 'The port is 8080.']);
  expect((await get(person, `/${keep}/history`)).items).toMatchObject([
    { id: keep, is_current: true },
    { id: discard, is_current: false, superseded_by: keep },
  ]);
  expect((await get(person, `/${keep}/blame`)).evidence).toMatchObject([
    { action: 'inserted', source_id: one },
    { action: 'merged', source_id: other, other_id: discard, author: 'backend' },
  ]);
  // Idempotent: the same merge again changes nothing.
  expect((await merge(person, keep, discard)).body).toEqual(merged.body);
  await makeOld(keep);
  expect((await get(person, '/health/rarely_used')).items).toMatchObject([{ id: keep, uses: 2 }]);
});

test('reverting a source of the discarded fact takes back what it brought, and of the kept fact restores the other', async () => {
  const person = await createPerson(database, 'member');
  const [one, other] = [createId('run'), createId('run')];
  const keep = await learned(person, 'The port is 8080.', one);
  const discard = await learned(person, 'It listens on port 8080.', other);
  await merge(person, keep, discard);
  const revert = async (source: string) =>
    (await server.call(person, 'POST', '/api/v1/memory/revert', { source_id: source })).body;
  expect(await revert(other)).toMatchObject({ removed: [{ id: discard }], weakened: [keep] });
  const [left] = (await get(person, '')).items ?? [];
  expect(left).toMatchObject({ id: keep });
  expect(Number(left?.confidence)).toBeCloseTo(0.5);
  const again = await learned(person, 'Port 8080 it is.', other);
  await merge(person, keep, again);
  expect(await revert(one)).toMatchObject({ removed: [{ id: keep }], restored: [again] });
  expect(await textsOf(person)).toEqual(['Port 8080 it is.']);
});

test('deleting the discarded fact takes its evidence and confidence from the kept one', async () => {
  const person = await createPerson(database, 'member');
  const keep = await learned(person, 'The port is 8080.', createId('run'));
  const discard = await learned(person, 'It listens on port 8080.', createId('run'));
  await merge(person, keep, discard);
  expect((await server.call(person, 'DELETE', `/api/v1/memory/${discard}`)).status).toBe(204);
  expect((await get(person, `/${keep}/blame`)).evidence).toHaveLength(1);
  expect(Number((await get(person, '')).items?.[0]?.confidence)).toBeCloseTo(0.5);
});

test('deleting the kept fact deletes what was merged into it, also by way of another', async () => {
  const person = await createPerson(database, 'member');
  const colleague = await createPerson(database, 'admin', person.tenantId);
  const [first, second, kept] = [
    await learned(person, 'It listens on port 8080.', createId('run')),
    await learned(person, 'Port 8080 it is.', createId('run')),
    await learned(person, 'The port is 8080.', createId('run')),
  ];
  await merge(person, second, first);
  await merge(person, kept, second);
  expect((await get(person, `/${kept}/history`)).items).toMatchObject([
    { id: kept, merged_into: null },
    { id: second, merged_into: kept },
    { id: first, merged_into: second },
  ]);
  expect((await server.call(colleague, 'DELETE', `/api/v1/memory/${kept}`)).status).toBe(204);
  expect(await textsOf(person)).toEqual([]);
  expect((await server.call(person, 'GET', `/api/v1/memory/${first}/history`)).status).toBe(404);
});

test('a trusted fact replaces an untrusted one and does not change', async () => {
  const person = await createPerson(database, 'admin');
  const untrusted = await learned(person, 'It listens on port 8080.', createId('run'));
  const place = { scope: 'worker', scopeId: 'backend', confidence: 0.8 } as const;
  const [trusted = ''] = await insertFacts(database, person, ['The port is 8080.'], place);
  expect(await merge(person, untrusted, trusted)).toMatchObject({
    status: 409,
    body: { detail: 'An untrusted fact cannot replace a trusted one. Keep the trusted fact.' },
  });
  const merged = await merge(person, trusted, untrusted);
  expect(merged.body).toMatchObject({ trust: 'trusted', source_kind: 'person' });
  expect(Number(merged.body.confidence)).toBeCloseTo(0.8);
});

test('409 for itself, another scope and a replaced fact; 403 for another user’s; 404 for one that nobody sees', async () => {
  const person = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [one = '', two = '', three = ''] = await insertFacts(database, person, ['One.', 'Two.', 'Three.']);
  const [own = ''] = await insertFacts(database, person, ['Own.'], { scope: 'user', scopeId: person.userId });
  const [theirs = ''] = await insertFacts(database, colleague, ['Theirs.']);
  expect((await merge(person, one, one)).status).toBe(409);
  expect((await merge(person, one, own)).status).toBe(409);
  expect((await merge(person, one, two)).status).toBe(200);
  for (const [keep, discard] of [
    [three, two],
    [two, three],
  ] as const)
    expect((await merge(person, keep, discard)).status).toBe(409);
  expect((await merge(person, one, theirs)).status).toBe(403);
  expect((await merge(colleague, theirs, own)).status).toBe(404);
  expect((await merge(await createPerson(database), one, three)).status).toBe(404);
});

test('401 without a token, 403 for a viewer, 422 without a fact', async () => {
  const viewer = await createPerson(database, 'viewer');
  const id = createId('mem');
  expect((await merge(undefined, id, id)).status).toBe(401);
  expect((await merge(viewer, id, id)).status).toBe(403);
  expect((await merge(await createPerson(database), 'x', id)).status).toBe(422);
});

function makeOld(id: string) {
  const text = `update memories set created_at = now() - interval '20 days' where id = $1`;
  return asOwner(database, (transaction) => transaction.query({ name: 'test_make_old', text, values: [id] }));
}
