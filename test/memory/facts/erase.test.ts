import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { learnFromSession } from '../../../functions/memory/learn.ts';
import { recallFor, rememberFact, renderMemories } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { blobKey } from '../../../functions/platform/objects/objects.ts';
import { openObjects } from '../../../functions/platform/objects/open-objects.ts';
import {
  asOwner,
  createPerson,
  forever,
  insertFacts,
  type Person,
  scopeOf,
  serveFunctions,
} from '../../entities/people.ts';
import { everythingStored } from '../everything-stored.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([addMemory, listMemories, revertSource, eraseMemory]);
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
const erase = (person: Person | undefined, body: object) => server.call(person, 'POST', '/api/v1/memory/erase', body);
const textsOf = async (person: Person) =>
  (await server.call(person, 'GET', '/api/v1/memory')).body.items?.map(({ text }) => text).toSorted();
const owner = (name: string, text: string, values: unknown[] = []) =>
  asOwner(database, (transaction) => transaction.query({ name: `test_${name}`, text, values }));

/** What reverting a source that did nothing answers. */
const NOTHING_DONE = {
  removed: [],
  restored: [],
  weakened: [],
  entities: { commit_id: null, changes: [], withdrawn: [], of_others: { repositories: 0 } },
};

test('a poisoned source is reverted in one call: its facts, what they replaced, and what was learned under their influence (attack 96)', async () => {
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
  await insertFacts(database, person, ['A person said this in the task.'], { sourceId: influenced });
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
    'A person said this in the task.',
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

test('an admin reverts a source in the whole tenant, a member his own part; a stranger nothing', async () => {
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

test('erase a person: neither the database nor the blobs hold a trace of the marker text', async () => {
  const admin = await createPerson(database, 'admin');
  const person = await createPerson(database, 'member', admin.tenantId);
  const marker = `Zyx${createId('word').slice(-10)}`;
  const { tenantId, userId } = person;
  const runId = createId('run');
  const report = `We decided that ${marker} is the name.`;
  await database.as({ kind: 'tenant', tenantId }).transaction((transaction) =>
    archiveSession(transaction, {
      tenantId,
      userId,
      runId,
      kind: 'run',
      material: {
        task: `We always call it ${marker}.`,
        reports: [{ worker: 'backend', text: report }],
        model: { provider: 'rehearsal', model: 'rehearsal-1' },
      },
    }),
  );
  await learnFromSession({ database, tenantId, runId, signal: forever });
  await archiveTurns(database.as(scopeOf(person)), {
    tenantId,
    userId,
    sessionId: runId,
    turns: [{ speaker: 'user', said_at: '2026-05-05T00:00:00Z', text: `I said ${marker}` }],
  });
  await server.call(
    person,
    'POST',
    '/api/v1/memory',
    { text: `My desk is <${marker}> & "mine".`, scope: 'worker', scope_id: 'backend' },
    { 'idempotency-key': marker },
  );
  // A colleague's run was shown it; the admin's own word was replaced by it.
  const shownRun = createId('run');
  const shown = renderMemories(await recall(admin, `desk ${marker}`, shownRun));
  expect(shown).toContain(marker);
  const file = Buffer.from(`a file about ${marker}`);
  const sha256 = createHash('sha256').update(file).digest('hex');
  await (await openObjects()).put(blobKey(tenantId, sha256), file);
  await owner(
    'sessions',
    `insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, $4, 'running'), ($5, $2, $6, 'another', 'completed')`,
    [runId, tenantId, userId, `Do ${marker}`, shownRun, admin.userId],
  );
  await owner(
    'node',
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, prompt) values ($1, $2, $3, 'one', 'backend', 0, $4)`,
    [createId('node'), tenantId, shownRun, JSON.stringify({ system: '', text: shown })],
  );
  await owner(
    'file',
    `insert into run_files (run_id, path, tenant_id, sha256, size, updated_by) values ($1, 'a.txt', $2, $3, 1, 'backend')`,
    [runId, tenantId, sha256],
  );
  expect(await everythingStored(database)).toContain(marker);

  expect((await erase(admin, { person_id: userId, everything: true })).status).toBe(409);
  await owner('end', `update sessions set status = 'cancelled' where id = $1`, [runId]);
  const receipt = await erase(admin, { person_id: userId, everything: true });
  expect(receipt).toMatchObject({
    status: 200,
    body: { redacted: 1, blobs: 1, rows: { memories: 4, memory_sessions: 1, sessions: 1, idempotency_keys: 1 } },
  });
  const rest = await everythingStored(database);
  expect(rest).toContain('[erased]');
  expect(rest).not.toContain(marker);
  // Searchable traces are no text: lexemes are lower case.
  expect(rest.toLowerCase()).not.toContain(marker.toLowerCase());
});

test('one’s memory alone: runs and the account stay, and what it replaced of others holds again', async () => {
  const admin = await createPerson(database, 'admin');
  const other = await createPerson(database, 'admin', admin.tenantId);
  await insertFacts(database, other, ['The port of the API is 8000.']);
  await server.call(admin, 'POST', '/api/v1/memory', { text: 'The port of the API is 9000.', scope: 'tenant' });
  expect(await textsOf(other)).toEqual(['The port of the API is 9000.']);
  await owner(
    'own_run',
    `insert into sessions (id, tenant_id, user_id, query, status) values ($1, $2, $3, 'mine', 'running')`,
    [createId('run'), admin.tenantId, admin.userId],
  );
  expect(await erase(admin, {})).toMatchObject({ status: 200, body: { rows: { memories: 1 }, blobs: 0 } });
  expect(await textsOf(other)).toEqual(['The port of the API is 8000.']);
  expect(await owner('kept', 'select count(*)::int as runs from sessions where user_id = $1', [admin.userId])).toEqual([
    { runs: 1 },
  ]);
});

test('erase a source: its facts, turns and archive go, nothing else', async () => {
  const person = await createPerson(database, 'member');
  const { tenantId, userId } = person;
  const runId = createId('run');
  await database.as({ kind: 'tenant', tenantId }).transaction((transaction) =>
    archiveSession(transaction, {
      tenantId,
      userId,
      runId,
      kind: 'run',
      material: { task: 'We always use Quux.', reports: [], model: { provider: 'rehearsal', model: 'rehearsal-1' } },
    }),
  );
  await learnFromSession({ database, tenantId, runId, signal: forever });
  await insertFacts(database, person, ['Another fact.']);
  expect(await erase(person, { source_id: runId })).toMatchObject({
    status: 200,
    body: { rows: { memories: 1, memory_sessions: 1 } },
  });
  expect(await textsOf(person)).toEqual(['Another fact.']);
  expect(await owner('archive', 'select id from memory_sessions where tenant_id = $1', [tenantId])).toEqual([]);
});

test('401, 403, 404, 422', async () => {
  const admin = await createPerson(database, 'admin');
  const member = await createPerson(database, 'member', admin.tenantId);
  const viewer = await createPerson(database, 'viewer', admin.tenantId);
  const stranger = await createPerson(database, 'admin');
  await insertFacts(database, stranger, ['Stays.']);
  expect((await revert(undefined, { source_id: 'x' })).status).toBe(401);
  expect((await erase(undefined, {})).status).toBe(401);
  expect((await revert(viewer, { source_id: 'x' })).status).toBe(403);
  expect((await erase(member, { person_id: admin.userId })).status).toBe(403);
  expect((await erase(admin, { person_id: stranger.userId })).status).toBe(404);
  expect(await textsOf(stranger)).toEqual(['Stays.']);
  for (const body of [{}, { source_id: '' }, { source_id: 'x', all: true }])
    expect((await revert(admin, body)).status).toBe(422);
  for (const body of [{ source_id: 'x', person_id: 'y' }, { source_id: 'x', everything: true }, { confirm: true }])
    expect((await erase(admin, body)).status).toBe(422);
});
