import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { listMemories } from '../../../functions/memory/endpoints/list-memories.ts';
import { learnFromSession } from '../../../functions/memory/learn.ts';
import { recallFor, renderMemories } from '../../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { storeContent } from '../../../functions/tools/workspace.ts';
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
  server = await serveFunctions([addMemory, listMemories, eraseMemory]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const recall = (person: Person, query: string, runId: string) =>
  recallFor({ database, ...person, worker: 'backend', runId, query, k: 5, signal: forever });
const erase = (person: Person | undefined, body: object) => server.call(person, 'POST', '/api/v1/memory/erase', body);
const textsOf = async (person: Person) =>
  (await server.call(person, 'GET', '/api/v1/memory')).body.items?.map(({ text }) => text).toSorted();
const owner = (name: string, text: string, values: unknown[] = []) =>
  asOwner(database, (transaction) => transaction.query({ name: `test_${name}`, text, values }));

test('200: with `everything` neither the database nor the blobs contain the user’s text afterwards; 409 while a run is active', async () => {
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
  // An admin accepted the fact for the worker, and a run of the admin was shown it.
  await owner('accept', `update memories set trust = 'trusted' where user_id = $1 and text like 'My desk%'`, [userId]);
  const shownRun = createId('run');
  const shown = renderMemories(await recall(admin, `desk ${marker}`, shownRun));
  expect(shown).toContain(marker);
  const file = Buffer.from(`a file about ${marker}`);
  const { sha256 } = await storeContent(tenantId, file);
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
  // Lexemes are lower case.
  expect(rest.toLowerCase()).not.toContain(marker.toLowerCase());
});

test('200: erases the caller’s own memory by default; runs and the account stay, and other users’ facts that it replaced hold again', async () => {
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

test('200: erases a source’s facts, turns and archive, and nothing else', async () => {
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

test('401 without a token, 403 for a viewer and for another user’s memory', async () => {
  const admin = await createPerson(database, 'admin');
  const member = await createPerson(database, 'member', admin.tenantId);
  const viewer = await createPerson(database, 'viewer', admin.tenantId);
  expect((await erase(undefined, {})).status).toBe(401);
  expect((await erase(viewer, {})).status).toBe(403);
  expect((await erase(member, { person_id: admin.userId })).status).toBe(403);
});

test('404 for a user of another tenant, whose memory stays', async () => {
  const admin = await createPerson(database, 'admin');
  const stranger = await createPerson(database, 'admin');
  await insertFacts(database, stranger, ['Stays.']);
  expect((await erase(admin, { person_id: stranger.userId })).status).toBe(404);
  expect(await textsOf(stranger)).toEqual(['Stays.']);
});

test.each([{ source_id: 'x', person_id: 'y' }, { source_id: 'x', everything: true }, { confirm: true }])(
  '422 for %j',
  async (body) => {
    const admin = await createPerson(database, 'admin');
    expect((await erase(admin, body)).status).toBe(422);
  },
);
