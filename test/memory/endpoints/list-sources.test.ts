import { expect, test } from 'vitest';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { listSources } from '../../../functions/memory/endpoints/list-sources.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { rememberFact } from '../../../functions/memory/recall.ts';
import { createId } from '../../../functions/platform/id.ts';
import { forever } from '../../entities/people.ts';
import { newSessionId, problem, serve, turn } from '../../entities/served.ts';

const served = serve(
  listSources,
  addMemory,
  receiveSession,
  receiveAndCommit,
  proposeChanges,
  revertSource,
  eraseMemory,
);
const PATH = '/memory/sources';

test('200: lists sessions, runs and what was added by hand, newest first, with what came from each', async () => {
  const user = await served.createUser();
  const session = await served.remember(user, 'I live in Porto.');
  await served.call(user, 'POST', '/memory', { text: 'Tabs are better than spaces.' });
  await served.call(user, 'POST', '/memory', { text: 'The office is in Lisbon.' });
  const runId = createId('run');
  const fact = { worker: 'backend', runId, text: 'Logs are JSON lines.', scope: 'worker' as const, signal: forever };
  await rememberFact({ database: served.database, ...user, ...fact });
  const first = (await served.call(user, 'GET', `${PATH}?limit=2`)).body;
  const second = (await served.call(user, 'GET', `${PATH}?limit=2&cursor=${first.next_cursor}`)).body;
  expect(second.next_cursor).toBeNull();
  expect([...first.items, ...second.items]).toMatchObject([
    { id: runId, kind: 'run', state: 'learned', trust: 'untrusted', facts: 1, run_id: null, is_revertible: true },
    { id: user.userId, kind: 'person', title: 'Added by hand', facts: 2, trust: 'trusted', is_revertible: false },
    {
      id: session.session_id,
      kind: 'transcript',
      title: 'I live in Porto.',
      quote: 'I live in Porto.',
      speaker: 'Maya',
      state: 'learned',
      trust: 'untrusted',
      is_revertible: true,
      job_id: session.id,
      turns: 1,
      facts: 0,
      entities: 1,
      preferences: 0,
    },
  ]);
  expect(second.items[0].blocks).toBeGreaterThan(0);
  for (const other of await served.others(user)) expect((await served.call(other, 'GET', PATH)).body.items).toEqual([]);
});

test('200: a run that was never archived has its own task as the title, and what it is', async () => {
  const user = await served.createUser();
  const runId = createId('run');
  const text = `insert into sessions (id, tenant_id, user_id, query, kind, status) values ($1, $2, $3, $4, 'sprint', 'cancelled')`;
  await served.sql('insert_run', text, [runId, user.tenantId, user.userId, 'Build a counter.']);
  const fact = { worker: 'backend', runId, text: 'Logs are JSON lines.', scope: 'worker' as const, signal: forever };
  await rememberFact({ database: served.database, ...user, ...fact });
  const list = async (query: string) => (await served.call(user, 'GET', `${PATH}?${query}`)).body.items;
  const found = [{ id: runId, kind: 'sprint', title: 'Build a counter.', state: 'learned', run_id: runId }];
  expect(await list('')).toMatchObject(found);
  expect(await list('q=counter&kind=sprint')).toMatchObject(found);
});

test('200: shows what is staged and reverted, filters, and forgets an erased source', async () => {
  const user = await served.createUser();
  const porto = await served.remember(user, 'I live in Porto.');
  const chess = await served.remember(user, 'I play chess.', undefined, 'Leo');
  const session_id = newSessionId();
  const body = { session_id, turns: [turn('Maya', 'I moved and live in Lisbon.')] };
  await served.call(user, 'POST', '/memory/process-session?wait=20', body);
  await served.call(user, 'POST', '/memory/revert', { source_id: chess.session_id });
  // A dry run tells that a staged session would be dropped, and leaves it staged.
  const preview = await served.call(user, 'POST', '/memory/revert', { source_id: session_id, dry_run: true });
  expect(preview.body.entities).toMatchObject({ dropped: [session_id], restaged: [] });
  const list = async (query: string) =>
    (await served.call(user, 'GET', `${PATH}?${query}`)).body.items.map(
      ({ id, state }: { id: string; state: string }) => [id, state],
    );
  expect(await list('')).toEqual([
    [session_id, 'staged'],
    [chess.session_id, 'reverted'],
    [porto.session_id, 'learned'],
  ]);
  expect(await list('state=staged')).toEqual([[session_id, 'staged']]);
  expect(await list('kind=web')).toEqual([]);
  expect(await list('kind=transcript&state=reverted')).toEqual([[chess.session_id, 'reverted']]);
  expect(await list('q=LIVE%20IN%20PORTO')).toEqual([[porto.session_id, 'learned']]);
  expect(await list('q=%25')).toEqual([]);
  await served.call(user, 'POST', '/memory/erase', { source_id: porto.session_id });
  expect(await list('state=learned')).toEqual([]);
});

test('401 without a token, 422 for an unknown state', async () => {
  await served.expectRefused('GET', PATH);
  const user = await served.createUser();
  expect(await served.call(user, 'GET', `${PATH}?state=lost`)).toMatchObject(problem('invalid-request', 422));
});
