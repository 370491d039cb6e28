import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  applyChangeSet,
  ChangeConflict,
  type ChangeSet,
  changeSetOf,
} from '../../../functions/entities/branch/apply-change-set.ts';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { sectionsOf } from '../../../functions/entities/files/entity-file.ts';
import { isEntityPath } from '../../../functions/entities/files/ontology.ts';
import { proposeAndStage } from '../../../functions/entities/ingest/process.ts';
import { receiveSession } from '../../../functions/entities/ingest/receive-session.ts';
import { listBlocks } from '../../../functions/entities/sql/memory-block.ts';
import { findChangeSet, findJob, insertChangeSet } from '../../../functions/entities/sql/memory-job.ts';
import { listFiles, listTexts } from '../../../functions/entities/sql/memory-object.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { NotNow } from '../../../functions/platform/errors.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { checkExport } from '../check-export.ts';
import { expectIndex } from '../expect-index.ts';
import { createPerson, forever, type Person, scopeOf } from '../people.ts';

/**
 * Random interleavings of sending, staging, committing and crashing on several connections. In any order the branch is
 * linear, `git fsck` accepts it, the index and the block rows match the files, no edit is lost, and each session is
 * applied once.
 */
let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  // The queue is off: each step runs when the interleaving says so.
  useQueue({ create: async () => undefined, close: async () => undefined });
}, 60_000);
afterAll(closeDatabase);

const SPEAKERS = ['Maya', 'Leo', 'user'];
const CRASH = new Error('the process died');

interface Action {
  kind: 'send' | 'sendAndCommit' | 'process' | 'processAndCrash' | 'commit' | 'commitAndCrash' | 'replace';
  session: number;
}

const kind = fc.constantFrom<Action['kind']>(
  'send',
  'sendAndCommit',
  'process',
  'process',
  'processAndCrash',
  'commit',
  'commit',
  'commitAndCrash',
  'replace',
);
const action = fc.record({ kind, session: fc.integer({ min: 0, max: 5 }) });
/** The actions of one wave run concurrently. */
const waves = fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { minLength: 4, maxLength: 10 });

const speakerOf = (session: number) => SPEAKERS[session % SPEAKERS.length] ?? '';
const sentence = (session: number) => `I told the story ${session} of my boat.`;
const idOf = (session: number) => `session-${session}`;

async function act(person: Person, { kind: what, session }: Action): Promise<void> {
  const scoped = database.as(scopeOf(person));
  const owner = { tenantId: person.tenantId, userId: person.userId };
  const id = idOf(session);
  if (what === 'send' || what === 'sendAndCommit') {
    const turns = [{ speaker: speakerOf(session), text: sentence(session), said_at: '2026-03-03T10:00:00Z' }];
    await scoped.transaction((transaction) =>
      receiveSession(transaction, { owner, id, turns, commits: what === 'sendAndCommit' }),
    );
  } else if (what === 'process' || what === 'processAndCrash') {
    const job = await findJob(scoped, { sessionId: id });
    if (job === undefined) return;
    const tried = what === 'process' ? database : crashing(database);
    await proposeAndStage({ database: tried, ...owner, jobId: job.id, signal: forever }).catch((error: unknown) => {
      if (!(error instanceof NotNow) && error !== CRASH) throw error;
    });
  } else if (what === 'replace') await stageReplacement(person, session);
  else {
    const row = await findChangeSet(scoped, id);
    if (row === undefined) return;
    const commit = scoped.transaction(async (transaction) => {
      await applyChangeSet(transaction, owner, changeSetOf(row));
      if (what === 'commitAndCrash') throw CRASH;
    });
    await commit.catch((error: unknown) => {
      if (error !== CRASH && !(error instanceof ChangeConflict)) throw error;
    });
  }
}

/** Commits an edit that rephrases the sentence of another session. Two of them on one base conflict. */
async function stageReplacement(person: Person, session: number): Promise<void> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  if (head === undefined) return;
  const [file] = (await listFiles(scoped, head.tree_id)).filter(({ path }) => isEntityPath(path));
  const [read] = file === undefined ? [] : await listTexts(scoped, head.tree_id, [file.path]);
  const search = /I told the story \d of my boat|It was told \w+/.exec(read?.text ?? '')?.[0];
  if (read === undefined || search === undefined) return;
  const edit = Edit.parse({ op: 'replace', path: read.path, search, replacement: `It was told s${session}` });
  const owner = { tenantId: person.tenantId, userId: person.userId };
  const id = `${idOf(session)}-again`;
  const set: ChangeSet & { baseCommit: string } = {
    sessionId: id,
    baseCommit: head.id,
    proposer: 'model',
    edits: [edit],
    day: '2026-03-04',
  };
  if ((await findChangeSet(scoped, id)) !== undefined) return;
  const staged = scoped.transaction((transaction) => insertChangeSet(transaction, owner, set));
  await staged.catch((error: unknown) => {
    // Another action of the same wave staged it.
    if (!(error instanceof Error && 'code' in error && error.code === '23505')) throw error;
  });
  await scoped
    .transaction((transaction) => applyChangeSet(transaction, owner, set))
    .catch((error: unknown) => {
      if (!(error instanceof ChangeConflict)) throw error;
    });
}

/** A database that rolls back every transaction. What was claimed before stays claimed until its lease ends. */
function crashing(inner: Database): Database {
  return {
    ...inner,
    as: (scope) => {
      const scoped = inner.as(scope);
      return {
        ...scoped,
        transaction: (work) =>
          scoped.transaction(async (transaction, caller) => {
            await work(transaction, caller);
            throw CRASH;
          }),
      };
    },
  };
}

async function check(person: Person): Promise<void> {
  const scoped = database.as(scopeOf(person));
  const head = await openCommit(scoped);
  const commits = await scoped.query<{ id: string; parent_id: string | null; session_id: string; position: number }>({
    name: 'test_commits',
    text: 'select id, parent_id, session_id, position from memory_commits order by position',
  });
  // Linear: each commit has the previous one as its parent, and the branch points to the last.
  expect(commits.map(({ parent_id: parent }) => parent)).toEqual(
    [null, ...commits.map(({ id }) => id)].slice(0, commits.length),
  );
  expect(commits.map(({ position }) => position)).toEqual(commits.map((_, index) => index + 1));
  expect(head?.id).toBe(commits.at(-1)?.id);
  // A session has one commit, and its job names it.
  const applied = commits.map(({ session_id: session }) => session);
  expect(new Set(applied).size).toBe(applied.length);
  const jobs = await scoped.query<{ session_id: string; status: string; commit_id: string | null }>({
    name: 'test_jobs',
    text: 'select session_id, status, commit_id from memory_jobs',
  });
  for (const { session_id: session, status, commit_id: commit } of jobs)
    expect({ session, status, commit }).toEqual(
      applied.includes(session)
        ? { session, status: 'committed', commit: commits.find((row) => row.session_id === session)?.id }
        : { session, status: status === 'committed' ? 'not so' : status, commit: null },
    );
  if (head === undefined) return;

  const paths = (await listFiles(scoped, head.tree_id)).map(({ path }) => path);
  const texts = new Map((await listTexts(scoped, head.tree_id, paths)).map(({ path, text }) => [path, text]));
  expect([...texts.keys()].sort()).toEqual(paths.toSorted());
  const entities = [...texts].filter(([path]) => isEntityPath(path));
  // The index and the block rows match the files.
  expectIndex(texts);
  const rows = (await listBlocks(scoped, {})).map(({ path, block, text }) => `${path} ${block} ${text}`);
  expect(rows.sort()).toEqual(
    entities.flatMap(([path, text]) => sectionsOf(text).map((block) => `${path} ${block.id} ${block.text}`)).sort(),
  );
  // No edit is lost: each session’s sentence is in a file, as it was said or as a later session rephrased it.
  const all = [...texts.values()].join('\n');
  const replacements = applied.filter((session) => session.endsWith('-again')).length;
  const told = applied.filter((session) => !session.endsWith('-again'));
  const stories = entities.flatMap(([, text]) => text.match(/I told the story \d of my boat|It was told s\d/g) ?? []);
  expect(stories).toHaveLength(told.length);
  expect(stories.filter((story) => story.startsWith('It')).length).toBeLessThanOrEqual(replacements);
  for (const session of applied) expect(all).toContain(`(Session: ${session})`);
}

async function checkWithGit(person: Person): Promise<void> {
  const head = await openCommit(database.as(scopeOf(person)));
  expect(await checkExport(database, person)).toHaveLength(head?.position ?? 0);
}

/** Ends all leases, and runs what crashed again. */
async function recover(person: Person): Promise<void> {
  const scoped = database.as(scopeOf(person));
  await scoped.query({
    name: 'test_end_leases',
    text: `update memory_jobs set lease_until = null where status = 'queued'`,
  });
  for (let session = 0; session <= 5; session += 1) {
    await act(person, { kind: 'process', session });
    await act(person, { kind: 'commit', session });
  }
}

test('in any interleaving the branch is linear and valid, and each session is applied once', async () => {
  await fc.assert(
    fc.asyncProperty(waves, async (plan) => {
      const person = await createPerson(database, 'member');
      for (const wave of plan) {
        await Promise.all(wave.map((each) => act(person, each)));
        await check(person);
      }
      await recover(person);
      await check(person);
      const sent = new Set(
        plan
          .flat()
          .filter(({ kind: what }) => what.startsWith('send'))
          .map(({ session }) => session),
      );
      const [row] = await database.as(scopeOf(person)).query<{ count: number }>({
        name: 'test_applied',
        text: `select count(*)::int as count from memory_commits where session_id not like '%-again'`,
      });
      // Sent sessions never conflict here, so each one is in the branch at the end.
      expect(row?.count).toBe(sent.size);
      await checkWithGit(person);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 120_000);
