import { afterAll, beforeAll, expect, test } from 'vitest';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { recallFor, rememberFact } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import {
  asOwner,
  createPerson,
  forever,
  insertFacts,
  type Person,
  scopeOf,
  serveFunctions,
} from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listMemories, revertSource]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const remember = (person: Person, text: string, runId: string) =>
  rememberFact({ database, ...person, worker: 'backend', runId, text, scope: 'worker', signal: forever });
const recall = (person: Person, query: string, runId: string) =>
  recallFor({ database, ...person, worker: 'backend', runId, query, k: 5, signal: forever });
const revert = (person: Person | undefined, body: object) => server.call(person, 'POST', '/api/v1/memory/revert', body);
const textsOf = async (person: Person) =>
  (await server.call(person, 'GET', '/api/v1/memory')).body.items?.map(({ text }) => text).toSorted();
const owner = (name: string, text: string, values: unknown[] = []) =>
  asOwner(database, (transaction) => transaction.query({ name: `test_${name}`, text, values }));

/** The reply to reverting a source that did nothing. */
const NOTHING_DONE = {
  removed: [],
  restored: [],
  weakened: [],
  entities: { commit_id: null, changes: [], withdrawn: [], of_others: { repositories: 0 } },
};

test('200: removes a source’s facts and what was learned under their influence, and restores what they replaced; idempotent', async () => {
  const person = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [clean, poisoned, influenced, unaware] = Array.from({ length: 4 }, () => createId('run'));
  if (!clean || !poisoned || !influenced || !unaware) throw new Error('four runs');
  await remember(person, 'The package registry host is good.example.', clean);
  await remember(person, 'Logs are JSON lines everywhere.', clean);
  await remember(person, 'The package registry host is evil.example.', poisoned);
  await remember(person, 'Logs are JSON lines everywhere.', poisoned);
  expect((await recall(person, 'Which package registry host?', influenced)).map(({ text }) => text)).toContain(
    'The package registry host is evil.example.',
  );
  await remember(person, 'Installing takes packages of evil.example.', influenced);
  await remember(person, 'Nothing to do with it.', unaware);
  await insertFacts(database, person, ['A user said this in the task.'], { sourceId: influenced });
  expect((await revert(colleague, { source_id: poisoned })).body).toMatchObject(NOTHING_DONE);
  const before = await textsOf(person);
  const told = await revert(person, { source_id: poisoned, dry_run: true });
  expect(await textsOf(person)).toEqual(before);
  const done = await revert(person, { source_id: poisoned });
  expect(done.body).toEqual(told.body);
  expect(done.body).toMatchObject({
    removed: [
      { text: 'The package registry host is evil.example.', derived_from: null },
      { text: 'Installing takes packages of evil.example.', derived_from: expect.stringMatching(/^mem_/) },
    ],
    restored: [expect.stringMatching(/^mem_/)],
    weakened: [expect.stringMatching(/^mem_/)],
  });
  expect(await textsOf(person)).toEqual([
    'A user said this in the task.',
    'Logs are JSON lines everywhere.',
    'Nothing to do with it.',
    'The package registry host is good.example.',
  ]);
  const facts = await database.as(scopeOf(person)).query({
    name: 'test_after_revert',
    text: `select confidence, valid_to from memories where scope = 'worker' and text <> 'Nothing to do with it.'`,
  });
  expect(facts).toEqual([
    { confidence: 0.5, valid_to: null },
    { confidence: 0.5, valid_to: null },
  ]);
  expect((await revert(person, { source_id: poisoned })).body).toMatchObject(NOTHING_DONE);
  expect(
    await owner('audit', `select action from audit_log where tenant_id = $1 and outcome = 'allowed'`, [
      person.tenantId,
    ]),
  ).toHaveLength(3);
});

test('200: an admin reverts a source in the whole tenant, a member their own part, nobody another tenant’s', async () => {
  const admin = await createPerson(database, 'admin');
  const member = await createPerson(database, 'member', admin.tenantId);
  const stranger = await createPerson(database, 'admin');
  const source = 'https://evil.example/page';
  for (const person of [admin, member, stranger])
    await insertFacts(database, person, [`From the web for ${person.role} ${person.userId}.`], {
      scope: 'worker',
      scopeId: 'backend',
      trust: 'untrusted',
      sourceKind: 'web',
      sourceId: source,
    });
  expect((await revert(member, { source_id: source })).body.removed).toHaveLength(1);
  expect(await textsOf(admin)).toHaveLength(1);
  await insertFacts(database, member, ['Again from the web.'], {
    scope: 'worker',
    scopeId: 'backend',
    trust: 'untrusted',
    sourceKind: 'web',
    sourceId: source,
  });
  expect((await revert(admin, { source_id: source })).body.removed).toHaveLength(2);
  expect(await textsOf(stranger)).toHaveLength(1);
});

test('200 with empty lists for an unknown source', async () => {
  const person = await createPerson(database, 'member');
  expect(await revert(person, { source_id: 'never-seen' })).toMatchObject({ status: 200, body: NOTHING_DONE });
});

test('401 without a token, 403 for a viewer', async () => {
  const viewer = await createPerson(database, 'viewer');
  expect((await revert(undefined, { source_id: 'x' })).status).toBe(401);
  expect((await revert(viewer, { source_id: 'x' })).status).toBe(403);
});

test.each([{}, { source_id: '' }, { source_id: 'x', all: true }])('422 for %j', async (body) => {
  const admin = await createPerson(database, 'admin');
  expect((await revert(admin, body)).status).toBe(422);
});
