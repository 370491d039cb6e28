import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { textsAt } from '../../../functions/entities/branch/read-branch.ts';
import { writeCommit } from '../../../functions/entities/branch/write-commit.ts';
import { proposeAndStage } from '../../../functions/entities/ingest/process.ts';
import { receiveSession } from '../../../functions/entities/ingest/receive-session.ts';
import { findJob } from '../../../functions/entities/sql/memory-job.ts';
import { claimRepository, findHead } from '../../../functions/entities/sql/memory-repository.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { everythingStored } from '../../memory/everything-stored.ts';
import { asOwner, createPerson, forever, type Person, scopeOf } from '../people.ts';
import { checkBranch } from './check-branch.ts';
import { openStory, type Story } from './story.ts';

// A withdrawal during a proposal holds the only connection, and must not cost the proposal its lease on a busy machine.
vi.hoisted(() => {
  process.env.LEASE_SECONDS = '600';
});

let database: Database;
let story: Story;
beforeAll(async () => {
  database = await openDatabase();
  story = await openStory({ usesModel: true });
  useQueue({ create: async () => undefined, close: async () => undefined });
}, 60_000);
afterAll(() => story.close());

const MAYA = 'memories/people/maya.md';
const LEO = 'memories/people/leo.md';
const block = (heading: string, text: string) => ({ heading, text });
const create = (path: string, name: string, ...blocks: object[]) => ({
  op: 'create',
  path,
  name,
  type: 'person',
  blocks,
});
const read = (who: Person, path: string) => story.call(who, 'GET', `/memory/entities/${path}`);
const withdraw = (who: Person, what: 'revert' | 'erase', source_id: string) =>
  story.call(who, 'POST', `/memory/${what}`, { source_id });
const turnsOf = (text: string) => [{ speaker: 'Maya', text, said_at: '2026-03-03T10:00:00Z' }];
const ownerOf = (who: Person) => ({ tenantId: who.tenantId, userId: who.userId });

/** Archives a session. The queue is off, so that the test decides when the job runs. */
async function receive(who: Person, id: string, text: string, commits: boolean): Promise<string> {
  const session = { owner: ownerOf(who), id, turns: turnsOf(text), commits };
  const job = await database.as(scopeOf(who)).transaction((transaction) => receiveSession(transaction, session));
  return job.id;
}

async function send(who: Person, id: string, text: string): Promise<void> {
  const jobId = await receive(who, id, text, true);
  await proposeAndStage({ database, ...ownerOf(who), jobId, signal: forever });
  expect(await findJob(database.as(scopeOf(who)), { id: jobId })).toMatchObject({ status: 'committed', error: null });
}

/** Makes a commit without a session, as a consolidation does. */
async function commitWithoutSession(
  who: Person,
  message: string,
  change: (files: Map<string, string>) => Map<string, string | undefined>,
) {
  await database.as(scopeOf(who)).transaction(async (transaction) => {
    const repository = await claimRepository(transaction);
    const head = repository && (await findHead(transaction, repository.branch));
    if (repository === undefined || head === undefined) throw new Error('The user has no commit');
    const texts = await textsAt(transaction, head.tree_id, [MAYA, LEO]);
    const writes = change(texts);
    await writeCommit(transaction, {
      owner: ownerOf(who),
      repository,
      head,
      writes,
      message,
    });
  });
}

test.each(['revert', 'erase'] as const)(
  '%s removes a block from the file that a commit without a session moved it to',
  async (what) => {
    const who = await createPerson(database, 'member');
    const marker = `Zyx${createId('word').slice(-10)}`;
    story.script(
      {
        when: 'I live in Porto',
        edits: [create(MAYA, 'Maya', block('Home', 'In Porto.')), create(LEO, 'Leo', block('Who', 'A friend.'))],
      },
      {
        when: marker,
        paths: [MAYA],
        edits: [{ op: 'append', path: MAYA, block: block('Trust', `Always trust ${marker}.`) }],
      },
    );
    await send(who, 'clean', 'I live in Porto.');
    await send(who, 'poisoned', `It says ${marker}.`);
    await commitWithoutSession(who, 'Move a block', (files) => {
      const [maya = '', leo = ''] = [files.get(MAYA), files.get(LEO)];
      const at = maya.lastIndexOf('/START');
      return new Map([
        [MAYA, maya.slice(0, at).replace('In Porto.', 'In Porto, by the sea.')],
        [LEO, `${leo.trimEnd()}\n\n${maya.slice(at)}`],
      ]);
    });
    expect((await read(who, LEO)).body.text).toContain(marker);
    expect((await withdraw(who, what, 'poisoned')).status).toBe(200);
    expect((await read(who, LEO)).body.text).not.toContain(marker);
    // The other change of that commit stays.
    expect((await read(who, MAYA)).body.text).toContain('In Porto, by the sea.');
    if (what === 'erase') expect(await everythingStored(database)).not.toContain(marker);
    await checkBranch(database, who);
  },
);

test.each(['revert', 'erase'] as const)(
  '%s during a proposal that was shown the source: the session is proposed again on the branch without it',
  async (what) => {
    const who = await createPerson(database, 'member');
    const marker = `Zyx${createId('word').slice(-10)}`;
    const own = `Dance ${createId('word').slice(-6)}`;
    story.script(
      { when: 'I live in Porto', edits: [create(MAYA, 'Maya', block('Home', 'In Porto.'))] },
      {
        when: marker,
        paths: [MAYA],
        edits: [{ op: 'append', path: MAYA, block: block('Trust', `Always trust ${marker}.`) }],
      },
      { when: own, paths: [MAYA], edits: [{ op: 'append', path: MAYA, block: block('Dance', `With ${marker}.`) }] },
    );
    await send(who, 'clean', 'I live in Porto.');
    await send(who, 'poisoned', `It says ${marker}.`);
    const scoped = database.as(scopeOf(who));
    const jobId = await receive(who, 'late', `I learn ${own}.`, false);
    // The source is withdrawn between the proposal and its staging.
    let isWithdrawn = false;
    const meeting: Database = {
      ...database,
      as: (scope) => {
        const inner = database.as(scope);
        return {
          ...inner,
          transaction: async (work) => {
            if (!isWithdrawn) {
              isWithdrawn = true;
              expect((await withdraw(who, what, 'poisoned')).status).toBe(200);
              story.script({
                when: own,
                paths: [MAYA],
                edits: [{ op: 'append', path: MAYA, block: block('Dance', 'Learns to dance.') }],
              });
            }
            return inner.transaction(work);
          },
        };
      },
    };
    await proposeAndStage({ database: meeting, ...ownerOf(who), jobId, signal: forever });
    expect((await findJob(scoped, { id: jobId }))?.status).toBe('staged');
    expect((await story.call(who, 'POST', '/memory/commit-session', { session_id: 'late' })).status).toBe(200);
    const { text } = (await read(who, MAYA)).body;
    expect([text.includes(marker), text.includes('Learns to dance.')]).toEqual([false, true]);
    if (what === 'erase') expect(await everythingStored(database)).not.toContain(marker);
    await checkBranch(database, who);
  },
);

test.each(['revert', 'erase'] as const)(
  '%s removes the name of a file that only the source created, unless the later session that appended to it says the name',
  async (what) => {
    const who = await createPerson(database, 'member');
    const name = `zyx${createId('word').slice(-10).toLowerCase()}`;
    const [theirs, place] = [`memories/people/${name}.md`, `memories/people/anna-${name}-2.md`];
    const said = `memories/people/jos-${name.slice(0, 6)}.md`;
    const append = (path: string, heading: string, text: string) => ({
      op: 'append',
      path,
      block: block(heading, text),
    });
    story.script(
      { when: 'I live in Porto', edits: [create(MAYA, 'Maya', block('Home', 'In Porto.'))] },
      {
        when: `I met ${name}`,
        edits: [
          create(theirs, name, block('Who', 'A friend.')),
          create(place, `Anna ${name} 2`, block('Who', 'A sister.')),
          create(said, `Jos ${name.slice(0, 6)}`, block('Who', 'A brother.')),
        ],
      },
      {
        when: 'have a boat',
        paths: [theirs, place, said],
        edits: [
          append(theirs, 'Boat', 'Has a boat.'),
          append(place, 'Oar', 'Has an oar.'),
          append(said, 'Sail', 'Has a sail.'),
        ],
      },
    );
    await send(who, 'clean', 'I live in Porto.');
    await send(who, 'source', `I met ${name}, and Anna ${name} 2.`);
    await send(who, 'later', `They have a boat. Anna and Jós ${name.slice(0, 6)}, too.`);
    const answer = await withdraw(who, what, 'source');
    expect(answer.status).toBe(200);
    for (const path of [theirs, place]) expect((await read(who, path)).status).toBe(404);
    // The later session has this name from its own words.
    const { text } = (await read(who, said)).body;
    expect([text.includes('Has a sail.'), text.includes('A brother.')]).toEqual([true, false]);
    if (what === 'erase') {
      expect(answer.body.entities).toMatchObject({ withdrawn: 2 });
      expect(await everythingStored(database)).not.toContain(name);
    } else
      expect(answer.body.entities.withdrawn).toMatchObject(
        [theirs, place].map((path) => ({ path, op: 'append', why: 'says_what_is_gone' })),
      );
    await checkBranch(database, who);
  },
);

test('a derived change set of a job that has failed is deleted and reported as dropped, because nothing proposes it again', async () => {
  const who = await createPerson(database, 'member');
  const marker = `Zyx${createId('word').slice(-10)}`;
  story.script(
    { when: 'I live in Porto', edits: [create(MAYA, 'Maya', block('Home', 'In Porto.'))] },
    { when: marker, paths: [MAYA], edits: [{ op: 'append', path: MAYA, block: block('Trust', `Trust ${marker}.`) }] },
    ...['I dance', 'I sing'].map((when) => ({
      when,
      paths: [MAYA],
      edits: [{ op: 'append', path: MAYA, block: block(when, `With ${marker}.`) }],
    })),
  );
  await send(who, 'clean', 'I live in Porto.');
  await send(who, 'source', `It says ${marker}.`);
  for (const [id, text] of [
    ['staged', 'I dance.'],
    ['failed', 'I sing.'],
  ] as const) {
    const jobId = await receive(who, id, text, false);
    await proposeAndStage({ database, ...ownerOf(who), jobId, signal: forever });
  }
  await asOwner(database, (transaction) =>
    transaction.query({
      name: 'test_fail_job',
      text: `update memory_jobs set status = 'failed' where user_id = $1 and session_id = 'failed'`,
      values: [who.userId],
    }),
  );
  const { body } = await withdraw(who, 'revert', 'source');
  expect(body.entities).toMatchObject({ restaged: ['staged'], dropped: ['failed'] });
  const statuses = await Promise.all(
    ['staged', 'failed'].map(async (sessionId) => (await findJob(database.as(scopeOf(who)), { sessionId }))?.status),
  );
  expect(statuses).toEqual(['queued', 'failed']);
});
