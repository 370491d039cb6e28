import { expect, test } from 'vitest';
import { listCommits } from '../../../functions/entities/endpoints/list-commits.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { eraseMemory } from '../../../functions/memory/endpoints/erase-memory.ts';
import { revertSource } from '../../../functions/memory/endpoints/revert-source.ts';
import { LEO, MAYA, problem, serve } from '../served.ts';

const served = serve(listCommits, receiveAndCommit, proposeChanges, revertSource, eraseMemory);
const PATH = '/memory/commits';

test('200: lists the commits of the whole branch, newest first, with what each changed', async () => {
  const user = await served.createUser();
  expect((await served.call(user, 'GET', PATH)).body).toEqual({ items: [], next_cursor: null, days: null });
  const first = await served.remember(user, 'I live in Porto.');
  const second = await served.remember(user, 'I play chess.', undefined, 'Leo');
  const page = (await served.call(user, 'GET', `${PATH}?limit=1`)).body;
  expect(page.items).toMatchObject([
    {
      id: second.commit_id,
      position: 2,
      kind: 'session',
      author: 'person',
      source_id: second.session_id,
      source_title: 'I play chess.',
      session_kind: 'transcript',
      proposer: 'rules',
      entities: [{ path: LEO, kind: 'created' }],
      entity_count: 1,
      is_reverted: false,
      is_erased: false,
    },
  ]);
  expect(page.items[0].blocks.added).toBeGreaterThan(0);
  const next = (await served.call(user, 'GET', `${PATH}?limit=1&cursor=${page.next_cursor}`)).body;
  expect(next).toMatchObject({ items: [{ id: first.commit_id, position: 1 }], next_cursor: null });
  for (const other of await served.others(user)) expect((await served.call(other, 'GET', PATH)).body.items).toEqual([]);
});

test('200: selects by entity and time, and counts the days of a zone', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  await served.remember(user, 'I play chess.', undefined, 'Leo');
  await served.remember(user, 'I moved and live in Lisbon.');
  for (const [index, at] of ['2026-03-01T23:30:00Z', '2026-03-02T00:30:00Z', '2026-03-02T23:30:00Z'].entries())
    await served.sql('move_commit', moveCommit, [user.userId, index + 1, at]);
  const list = async (query: string) => (await served.call(user, 'GET', `${PATH}?${query}`)).body;
  const positions = async (query: string) =>
    (await list(query)).items.map(({ position }: { position: number }) => position);
  expect(await positions(`entity=${MAYA}`)).toEqual([3, 1]);
  expect(await positions('from=2026-03-02T00:00:00Z')).toEqual([3, 2]);
  expect(await positions('to=2026-03-02T00:30:00Z')).toEqual([1]);
  const countOf = async (query: string) =>
    (await list(`limit=1&days=true&${query}`)).days.map(({ day, commits }: { day: string; commits: number }) => [
      day,
      commits,
    ]);
  expect(await countOf('')).toEqual([
    ['2026-03-02', 2],
    ['2026-03-01', 1],
  ]);
  expect(await countOf('zone=Europe/Athens')).toEqual([
    ['2026-03-03', 1],
    ['2026-03-02', 2],
  ]);
  expect(await countOf(`entity=${LEO}&zone=America/New_York`)).toEqual([['2026-03-01', 1]]);
  const [newest] = (await list('days=true')).days;
  expect(newest.blocks).toBeGreaterThan(0);
});

test('200: shows that a session was reverted, and that a source was erased', async () => {
  const user = await served.createUser();
  const first = await served.remember(user, 'I live in Porto.');
  const second = await served.remember(user, 'I play chess.', undefined, 'Leo');
  await served.call(user, 'POST', '/memory/revert', { source_id: second.session_id });
  const list = async () => (await served.call(user, 'GET', PATH)).body.items;
  const removed = {
    kind: 'revert',
    author: 'person',
    source_id: second.session_id,
    source_title: null,
    entities: [{ kind: 'removed' }],
  };
  expect(await list()).toMatchObject([removed, { is_reverted: true }, { is_reverted: false }]);
  await served.call(user, 'POST', '/memory/erase', { source_id: first.session_id });
  expect((await list()).at(-1)).toMatchObject({
    kind: 'erased',
    is_erased: true,
    source_id: null,
    source_title: null,
    blocks: { added: 0, changed: 0, removed: 0 },
    entities: [],
  });
});

test('200: names the task of a run whose words are not archived, and nothing where the text is gone', async () => {
  const user = await served.createUser();
  const run = await served.remember(user, 'I live in Porto.');
  await served.remember(user, 'I play chess.', undefined, 'Leo');
  const session = [user.userId, run.session_id];
  await served.sql('test_no_turns', 'delete from memory_turns where user_id = $1 and session_id = $2', session);
  const titles = async () =>
    (await served.call(user, 'GET', PATH)).body.items.map(
      ({ source_title }: { source_title: string | null }) => source_title,
    );
  expect(await titles()).toEqual(['I play chess.', null]);
  const task = `update memory_sessions set material = jsonb_build_object('task', repeat('Build a shop. ', 100))
    where user_id = $1 and id = $2`;
  await served.sql('test_task', task, session);
  expect(await titles()).toEqual(['I play chess.', 'Build a shop. '.repeat(100).slice(0, 200)]);
});

test('401 without a token, 422 for an unknown zone, a time without its zone and a path that is not of an entity', async () => {
  await served.expectRefused('GET', PATH);
  const user = await served.createUser();
  for (const query of ['zone=Mars/North', 'zone=%2B02:00', 'from=2026-03-02', 'entity=index/profile.json', 'days=1'])
    expect(await served.call(user, 'GET', `${PATH}?${query}`)).toMatchObject(problem('invalid-request', 422));
});

/** Moves a commit and its blocks to another time. */
const moveCommit = `with moved as (
    update memory_commits c set committed_at = $3 from memory_commits old
    where c.user_id = $1 and c.position = $2 and old.id = c.id and old.user_id = c.user_id returning old.committed_at as was
  ), begun as (
    update memory_blocks b set valid_from = $3 from moved where b.user_id = $1 and b.valid_from = moved.was
  ), ended as (
    update memory_blocks b set valid_to = $3 from moved where b.user_id = $1 and b.valid_to = moved.was
  )
  select was from moved`;
