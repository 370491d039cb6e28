import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { everythingStored } from '../../memory/everything-stored.ts';
import { createPerson, type Person } from '../people.ts';
import { checkBranch } from './check-branch.ts';
import { openStory, type Story } from './story.ts';

let database: Database;
let story: Story;
beforeAll(async () => {
  database = await openDatabase();
  story = await openStory({ usesModel: true });
}, 60_000);
afterAll(() => story.close());

const MAYA = 'memories/people/maya.md';
const block = (heading: string, text: string) => ({ heading, text });
const erase = (who: Person | undefined, body: object) => story.call(who, 'POST', '/memory/erase', body);
const read = (who: Person, path: string, query = '') => story.call(who, 'GET', `/memory/entities/${path}${query}`);
const send = async (who: Person, session_id: string, text: string, path = 'process-and-commit') => {
  const turns = [{ speaker: 'Maya', text, said_at: '2026-03-03T10:00:00Z' }];
  const answer = await story.call(who, 'POST', `/memory/${path}?wait=20`, { session_id, turns });
  expect(answer).toMatchObject({ status: 200, body: { session_id, error: null } });
  return answer.body;
};
/** Waits until a job is not queued, and returns its status. */
const statusOf = async (who: Person, id: string) => {
  const status = async () => (await story.call(who, 'GET', `/memory/jobs/${id}`)).body.status;
  await expect.poll(status, { timeout: 20_000 }).not.toBe('queued');
  return status();
};

/**
 * Commits a session that has the marker everywhere (id, file name, alias, heading, text), and later sessions on top:
 * one that quotes it, and one that is staged.
 */
async function tell(who: Person, marker: string) {
  const small = marker.toLowerCase();
  const theirs = `memories/people/${small}.md`;
  story.script(
    {
      when: 'I live in Porto',
      edits: [
        { op: 'create', path: MAYA, name: 'Maya', type: 'person', blocks: [block('Home', 'Maya lives in Porto.')] },
      ],
    },
    {
      when: marker,
      paths: [MAYA],
      edits: [
        {
          op: 'create',
          path: theirs,
          name: marker,
          type: 'person',
          aliases: [`The ${marker}`],
          blocks: [block(`About ${marker}`, `${marker} is a friend.`)],
        },
        { op: 'append', path: MAYA, block: block(`Friend ${marker}`, `Maya met ${marker} in May.`) },
        { op: 'replace', path: MAYA, search: 'lives in Porto', replacement: `lives in Porto with ${marker}` },
      ],
    },
    {
      when: 'I have 2 cats',
      paths: [MAYA, theirs],
      edits: [
        { op: 'append', path: MAYA, block: block('Cats', `2 cats, gifts of ${marker}.`) },
        { op: 'append', path: MAYA, block: block('Boat', 'A boat of oak.') },
        { op: 'append', path: theirs, block: block('Since', 'Known for a while.') },
        { op: 'replace', path: theirs, search: 'no such words', replacement: 'x' },
      ],
    },
    {
      when: 'I learn to dance',
      paths: [MAYA],
      edits: [{ op: 'append', path: MAYA, block: block('Dance', `Dances with ${marker}.`) }],
    },
  );
  const session = `s-${marker}`;
  await send(who, 'clean', 'I live in Porto.');
  const own = await send(who, session, `I met ${marker}.`);
  const between = new Date().toISOString();
  const built = await send(who, 'built', 'I have 2 cats and a boat.');
  const staged = await send(who, 'staged', 'I learn to dance.', 'process-session');
  // From now on the model is not shown the marker, so it does not write it.
  const edits = [{ op: 'append', path: MAYA, block: block('Dance', 'Learns to dance.') }];
  story.script({ when: 'I learn to dance', paths: [MAYA], edits });
  return { session, theirs, own, built, staged, between };
}

test('erasing a source leaves no trace in the database or the blobs, with later sessions committed and staged on top', async () => {
  const who = await createPerson(database, 'member');
  const marker = `Zyx${createId('word').slice(-10)}`;
  const { session, theirs, own, built, staged, between } = await tell(who, marker);
  expect(built.faults).toEqual([expect.stringContaining(theirs)]);
  expect(await everythingStored(database)).toContain(marker);
  const receipt = await erase(who, { source_id: session });
  expect(receipt).toMatchObject({
    status: 200,
    body: {
      rows: {
        memory_sessions: 1,
        memory_turns: 1,
        memory_jobs: 1,
        memory_change_sets: 1,
        memory_objects: expect.any(Number),
        memory_blocks: expect.any(Number),
        memory_changes: expect.any(Number),
      },
      redacted: 0,
      entities: { history_rewritten: true, commits_rewritten: 2, withdrawn: 1, restaged: 1, linked_repository: null },
    },
  });
  const rest = await everythingStored(database);
  expect(rest.toLowerCase()).not.toContain(marker.toLowerCase());
  expect(JSON.stringify(receipt.body).toLowerCase()).not.toContain(marker.toLowerCase());
  await checkBranch(database, who);

  // The later session’s own block stays, and the text that the source replaced is back.
  const { body } = await read(who, MAYA);
  expect(body.blocks.map(({ block: id }: { block: string }) => id)).toEqual(['home', 'boat']);
  expect(body.text).toContain('Maya lives in Porto.');
  expect((await read(who, MAYA, `?as_of=${between}`)).body.text).not.toContain('Boat');
  expect((await story.call(who, 'GET', `/memory/jobs/${own.id}`)).status).toBe(404);
  const job = (await story.call(who, 'GET', `/memory/jobs/${built.id}`)).body;
  expect(job).toMatchObject({ status: 'committed', changes: [{ path: MAYA, blocks: [{ block: 'boat' }] }] });
  expect(job.commit_id).not.toBe(built.commit_id);
  expect(job.faults).toEqual(['withdrawn: it was derived from a source that was erased']);
  const { items } = (await story.call(who, 'GET', `/memory/entities/${MAYA}/history`)).body;
  expect(items).toMatchObject([
    { commit_id: job.commit_id, position: 3, session_id: 'built' },
    { position: 1, session_id: 'clean' },
  ]);

  // The staged session is proposed again; the model is shown nothing of the source.
  expect(await statusOf(who, staged.id)).toBe('staged');
  expect((await story.call(who, 'POST', '/memory/commit-session', { session_id: 'staged' })).status).toBe(200);
  await checkBranch(database, who);
  // Repeating the erasure gives an empty receipt.
  expect((await erase(who, { source_id: session })).body).toMatchObject({
    rows: { memory_sessions: 0 },
    entities: { history_rewritten: false, commits_rewritten: 0 },
  });
});

test('erases a source that was reverted before, with its revert; erasing a staged source does not rewrite the history', async () => {
  const who = await createPerson(database, 'member');
  const marker = `Zyx${createId('word').slice(-10)}`;
  const { session, staged: waiting } = await tell(who, marker);
  expect((await story.call(who, 'POST', '/memory/revert', { source_id: session })).status).toBe(200);
  expect((await read(who, MAYA)).body.text).not.toContain(marker);
  expect(await statusOf(who, waiting.id)).toBe('staged');
  const receipt = await erase(who, { source_id: session });
  expect(receipt.body.entities).toMatchObject({ history_rewritten: true, commits_rewritten: 3 });
  expect((await everythingStored(database)).toLowerCase()).not.toContain(marker.toLowerCase());
  await checkBranch(database, who);

  const staged = `Zyx${createId('word').slice(-10)}`;
  story.script({ when: staged, edits: [{ op: 'append', path: MAYA, block: block('Later', `${staged} again.`) }] });
  await send(who, `t-${staged}`, `I said ${staged}.`, 'process-session');
  const head = (await read(who, MAYA)).body.commit_id;
  expect((await erase(who, { source_id: `t-${staged}` })).body).toMatchObject({
    rows: { memory_jobs: 1, memory_change_sets: 1, memory_sessions: 1 },
    entities: { history_rewritten: false },
  });
  expect((await read(who, MAYA)).body.commit_id).toBe(head);
  expect((await everythingStored(database)).toLowerCase()).not.toContain(staged.toLowerCase());
});

test('erases a name that a source gave to a file of another session', async () => {
  const who = await createPerson(database, 'member');
  const marker = `Zyx${createId('word').slice(-10)}`;
  const blocks = [block('Home', 'Maya lives in Ghent.')];
  story.script(
    { when: 'I live in Ghent', edits: [{ op: 'create', path: MAYA, name: 'Maya', type: 'person', blocks }] },
    {
      when: marker,
      paths: [MAYA],
      edits: [{ op: 'replace', path: MAYA, search: 'name: Maya', replacement: `name: Maya ${marker}` }],
    },
  );
  const names = () =>
    database.as({ kind: 'tenant', ...who }).query<{ names: string }>({
      name: 'test_names_of_blocks',
      text: 'select names from memory_blocks where user_id = $1',
      values: [who.userId],
    });
  await send(who, `clean-${marker.slice(3)}`, 'I live in Ghent.');
  await send(who, `s-${marker}`, `Call me ${marker}.`);
  expect(await names()).toEqual([{ names: `Maya ${marker}` }]);
  await erase(who, { source_id: `s-${marker}` });
  expect(await names()).toEqual([{ names: 'Maya' }]);
  await checkBranch(database, who);
});
