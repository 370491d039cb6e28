import { expect, test } from 'vitest';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { decideStaged } from '../../../functions/memory/endpoints/decide-staged.ts';
import { getSource } from '../../../functions/memory/endpoints/get-source.ts';
import { recallFor, rememberFact } from '../../../functions/memory/recall.ts';
import { createId } from '../../../functions/platform/id.ts';
import { forever, insertFacts } from '../../entities/people.ts';
import { MAYA, problem, serve } from '../../entities/served.ts';

const served = serve(getSource, receiveAndCommit, proposeChanges, decideStaged);
const path = (id: string) => `/memory/sources/${encodeURIComponent(id)}`;

test('200: shows the turns and blocks of a session, with the text that a later session replaced', async () => {
  const user = await served.createUser();
  const first = await served.remember(user, 'I live in Porto.', '2026-03-03T10:00:00+02:00');
  const { status, body } = await served.call(user, 'GET', path(first.session_id));
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: first.session_id,
    kind: 'transcript',
    state: 'learned',
    first_turns: [{ position: 0, speaker: 'Maya', said_at: '2026-03-03T10:00:00+02:00', text: 'I live in Porto.' }],
    facts: [],
    derived: [],
    preferences: [],
    counts: { facts: 0, blocks: 1, entities: 1, preferences: 0 },
  });
  const { blocks } = body;
  expect(blocks).toMatchObject([{ path: MAYA, commit_id: first.commit_id, until: null }]);
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path(first.session_id))).toMatchObject(problem('not-found', 404));
});

test('200: shows the facts of a run, what was derived from them, and its preferences', async () => {
  const user = await served.createUser();
  const [source, later] = [createId('run'), createId('run')] as const;
  const worker = { database: served.database, ...user, worker: 'backend', scope: 'worker', signal: forever } as const;
  await rememberFact({ ...worker, text: 'The package registry host is evil.example.', runId: source });
  await recallFor({ ...worker, runId: later, query: 'Which package registry host?', k: 5 });
  await rememberFact({ ...worker, text: 'Installing takes packages of evil.example.', runId: later });
  const staged = ['pref', 'pref'].map((prefix) => ({
    id: createId(prefix),
    hub: 'preferences',
    field: 'extras.wish',
    value: 'tabs',
    text: 'I prefer tabs.',
    strength: 'strong',
    source_id: source,
    created_at: new Date().toISOString(),
  }));
  await served.sql('stage', `insert into user_preferences (user_id, tenant_id, staging_queue) values ($1, $2, $3)`, [
    user.userId,
    user.tenantId,
    JSON.stringify({ items: staged }),
  ]);
  await served.call(user, 'POST', `/remme/staging/${staged[0]?.id}`, { decision: 'accept' });
  const { body } = await served.call(user, 'GET', path(source));
  expect(body).toMatchObject({
    kind: 'run',
    facts: [{ text: 'The package registry host is evil.example.', trust: 'untrusted', actions: ['inserted'] }],
    derived: [
      {
        text: 'Installing takes packages of evil.example.',
        derived_from: expect.stringMatching(/^mem_/),
        run_id: later,
      },
    ],
    blocks: [],
    counts: { facts: 1, blocks: 0, entities: 0, preferences: 2 },
  });
  expect(body.preferences).toMatchObject([
    { id: staged[1]?.id, state: 'staged', field: 'extras.wish', value: 'tabs', quote: 'I prefer tabs.' },
    { state: 'accepted', quote: 'I prefer tabs.' },
  ]);
});

test('200: lists have 200 items at most; the counts are complete', async () => {
  const user = await served.createUser();
  const place = { sourceKind: 'document', sourceId: 'file_long', trust: 'untrusted' } as const;
  const texts = Array.from({ length: 205 }, (_, at) => `Line ${at} of the document says ${at}.`);
  const ids = await insertFacts(served.database, user, texts, place);
  await served.sql(
    'evidence_of_all',
    `insert into memory_evidence (tenant_id, user_id, memory_id, action, source_kind, source_id, author, confidence_after)
      select $1, $2, id, 'inserted', 'document', 'file_long', 'backend', 0.5 from unnest($3::text[]) id`,
    [user.tenantId, user.userId, ids],
  );
  const { body } = await served.call(user, 'GET', path('file_long'));
  expect(body.facts).toHaveLength(200);
  expect(body.counts).toMatchObject({ facts: 205 });
});

test('200: an address is the id of a web page; 404 for a page of a colleague', async () => {
  const user = await served.createUser();
  const url = 'https://example.com/a?b=c;d&e=%2F#f';
  const place = { sourceKind: 'web', sourceId: url, trust: 'untrusted' } as const;
  const [fact] = await insertFacts(served.database, user, ['The page says so.'], place);
  await served.sql(
    'evidence',
    `insert into memory_evidence (tenant_id, user_id, memory_id, action, source_kind, source_id, author, confidence_after)
      values ($1, $2, $3, 'inserted', 'web', $4, 'backend', 0.5)`,
    [user.tenantId, user.userId, fact, url],
  );
  expect((await served.call(user, 'GET', path(url))).body).toMatchObject({
    id: url,
    kind: 'web',
    facts: [{ id: fact }],
  });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path(url))).toMatchObject(problem('not-found', 404));
});

test('404 for an unknown source, 401 without a token, 422 for an id that is too long', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', path('nobody'))).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', path('x'.repeat(2001)))).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', path('nobody'));
});
