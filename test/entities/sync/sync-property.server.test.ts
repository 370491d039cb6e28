import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyChangeSet, ChangeConflict, type ChangeSet } from '../../../functions/entities/branch/apply-change-set.ts';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { proposeAndStage } from '../../../functions/entities/ingest/process.ts';
import { receiveSession } from '../../../functions/entities/ingest/receive-session.ts';
import { findJob, insertChangeSet } from '../../../functions/entities/sql/memory-job.ts';
import { findLink } from '../../../functions/entities/sql/memory-link.ts';
import { syncLink } from '../../../functions/entities/sync/sync-link.ts';
import { type SyncConflict, SyncReport } from '../../../functions/entities/sync/sync-report.ts';
import type { Database, Scoped } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { FenceLost, NotNow } from '../../../functions/platform/errors.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { SecretText } from '../../../functions/platform/secrets/secret-text.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { checkExport } from '../check-export.ts';
import { createPerson, forever, type Person, scopeOf } from '../people.ts';
import { expectIndexed, linkMemory, textsOf, useGitServer } from './synced-memory.ts';

/**
 * Random interleavings of sessions, edits at the repository, syncs and syncs that crash, some of them concurrent. At
 * the end both sides have the same commit, git finds no fault in either, and the index and the rows of blocks match the
 * files. Every commit of the repository is in the history, no edit is lost and each session is applied once. The remote
 * is real git behind HTTPS.
 */
let database: Database;
let git: GitServer;
beforeAll(async () => {
  database = await openDatabase();
  git = await startGitServer();
  useGitServer(git);
  // Delivers no task: each step runs when the interleaving says so.
  useQueue({ create: async () => undefined, close: async () => undefined });
}, 60_000);
afterAll(async () => {
  await closeDatabase();
  await git.close();
});

const CRASH = new Error('the process is gone');
const SPEAKERS = ['Maya', 'Leo'];
const STORY = /I told the story \d of my boat\.|Here they say \w+\.|There they say \w+\./;

type Action =
  | { kind: 'session' | 'replace'; session: number }
  | { kind: 'note' | 'rewrite'; speaker: number }
  | { kind: 'sync' }
  /** Before, within or after the statement of this number. */
  | { kind: 'crash'; at: number; when: 'before' | 'within' | 'after' };

const session = fc.integer({ min: 0, max: 5 });
const speaker = fc.integer({ min: 0, max: 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom('session' as const, 'replace' as const), session }),
  fc.record({ kind: fc.constantFrom('note' as const, 'rewrite' as const), speaker }),
  fc.record({ kind: fc.constant('sync' as const) }),
  fc.record({
    kind: fc.constant('crash' as const),
    at: fc.integer({ min: 1, max: 14 }),
    when: fc.constantFrom('before' as const, 'within' as const, 'after' as const),
  }),
);
/** Actions of one wave run concurrently. */
const waves = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 5 });

interface Play {
  person: Person;
  repository: string;
  /** Counts edits, so that each differs from the others. */
  edits: number;
  notes: string[];
  remoteCommits: string[];
}

const ownerOf = ({ person: { tenantId, userId } }: Play) => ({ tenantId, userId });
const pathOf = (index: number) => `memories/people/${SPEAKERS[index % 2]?.toLowerCase()}.md`;

async function act(play: Play, step: Action): Promise<void> {
  if (step.kind === 'session') await tell(play, step.session);
  else if (step.kind === 'replace') await replaceHere(play, step.session);
  else if ('speaker' in step) editThere(play, step);
  else if (step.kind === 'crash') await sync(play, crashing(database, step));
  else await sync(play, database);
}

async function tell(play: Play, number: number): Promise<void> {
  const owner = ownerOf(play);
  const scoped = database.as(scopeOf(play.person));
  const turns = [
    {
      speaker: SPEAKERS[number % 2] ?? '',
      text: `I told the story ${number} of my boat.`,
      said_at: '2026-03-03T10:00:00Z',
    },
  ];
  const id = `session-${number}`;
  await scoped.transaction((transaction) => receiveSession(transaction, { owner, id, turns, commits: true }));
  const job = await findJob(scoped, { sessionId: id });
  await proposeAndStage({ database, ...owner, jobId: job?.id ?? '', signal: forever }).catch((error: unknown) => {
    if (!(error instanceof NotNow)) throw error;
  });
}

/** Stages what a model would propose: a story in other words, here. */
async function replaceHere(play: Play, number: number): Promise<void> {
  const scoped = database.as(scopeOf(play.person));
  const head = await openCommit(scoped);
  const path = pathOf(number);
  const search = STORY.exec((await textsOf(database, play.person)).get(path) ?? '')?.[0];
  if (head === undefined || search === undefined) return;
  play.edits += 1;
  const edit = Edit.parse({ op: 'replace', path, search, replacement: `Here they say h${play.edits}x.` });
  const sessionId = `replacement-${play.edits}`;
  const set: ChangeSet = { sessionId, baseCommit: head.id, proposer: 'model', edits: [edit], day: '2026-03-04' };
  await scoped
    .transaction(async (transaction) => {
      await insertChangeSet(transaction, ownerOf(play), { ...set, day: set.day });
      await applyChangeSet(transaction, ownerOf(play), set);
    })
    .catch((error: unknown) => {
      // The searched text has changed meanwhile.
      if (!(error instanceof ChangeConflict)) throw error;
    });
}

/** Pushes to the repository: a new block, or a story in other words. */
function editThere(play: Play, { kind, speaker: index }: Extract<Action, { speaker: number }>): void {
  play.edits += 1;
  const number = play.edits;
  const path = pathOf(index);
  const commit = git.edit(play.repository, (read) => {
    const text = read(path) ?? `# ${SPEAKERS[index]}\n`;
    const story = STORY.exec(text)?.[0];
    if (kind === 'rewrite' && story !== undefined)
      return { [path]: `${text.replace(story, `There they say t${number}x.`)}\n` };
    return { [path]: `${text.trimEnd()}\n\n/START\n### Note ${number}\nNote ${number} of somebody.\n/END\n` };
  });
  if (git.read(play.repository, commit, path)?.includes(`Note ${number} of somebody.`))
    play.notes.push(`Note ${number} of somebody.`);
  play.remoteCommits.push(commit);
}

async function sync(play: Play, on: Database): Promise<void> {
  const credential = new SecretText(git.token);
  await syncLink({ database: on, owner: ownerOf(play), credential, signal: forever }).catch((error: unknown) => {
    if (error !== CRASH && !(error instanceof FenceLost)) throw error;
  });
}

async function reportOf(play: Play): Promise<SyncReport | undefined> {
  const link = await findLink(database.as(scopeOf(play.person)));
  return link?.last_sync ? SyncReport.parse(link.last_sync) : undefined;
}

/** A database that fails from its nth call on, as for a process that was killed there. */
function crashing(inner: Database, { at, when }: { at: number; when: 'before' | 'within' | 'after' }): Database {
  let calls = 0;
  const around = async <T>(run: (isCut: boolean) => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls > at || (calls === at && when === 'before')) throw CRASH;
    const answer = await run(calls === at && when === 'within');
    if (calls >= at) throw CRASH;
    return answer;
  };
  return {
    ...inner,
    as: (scope): Scoped => {
      const scoped = inner.as(scope);
      return {
        query: (statement) => around(() => scoped.query(statement)),
        queryAll: (statements) => around(() => scoped.queryAll(statements)),
        transaction: (work) =>
          around((isCut) =>
            scoped.transaction(async (transaction, caller) => {
              const answer = await work(transaction, caller);
              if (isCut) throw CRASH;
              return answer;
            }),
          ),
      };
    },
  };
}

async function endLeases(play: Play): Promise<void> {
  const statement = (name: string, text: string) => ({ name, text });
  await database
    .as(scopeOf(play.person))
    .queryAll([
      statement('test_end_job_leases', `update memory_jobs set lease_until = null where status = 'queued'`),
      statement('test_end_link_lease', 'update memory_links set lease_until = null'),
    ]);
}

/** Resolves the conflicts at the repository, block by block. */
function giveIn(play: Play, conflicts: readonly SyncConflict[]): void {
  for (const path of new Set(conflicts.map((conflict) => conflict.path))) {
    const commit = git.edit(play.repository, (read) => {
      let text = read(path) ?? '';
      for (const { memory, repository } of conflicts.filter((conflict) => conflict.path === path)) {
        if (memory === null || repository === null) throw new Error('Nobody removes a block in this play');
        text = text.replace(repository.trimEnd(), () => memory.trimEnd());
      }
      return { [path]: text };
    });
    play.remoteCommits.push(commit);
  }
}

/** Syncs until both sides are equal. Each round resolves its conflicts. */
async function settle(play: Play): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await endLeases(play);
    await sync(play, database);
    const report = await reportOf(play);
    if (report?.outcome === 'synced') return;
    if (report?.outcome !== 'conflict') throw new Error(`A sync ended as ${JSON.stringify(report)}`);
    giveIn(play, report.conflicts);
  }
  throw new Error('The two sides never come together');
}

async function check(play: Play): Promise<void> {
  const { person, repository } = play;
  const scoped = database.as(scopeOf(person));
  const head = (await openCommit(scoped))?.id;
  expect(git.tip(repository)).toBe(head);
  expect(git.git(repository, 'fsck', '--strict', '--full')).toBe('');
  const history = await checkExport(database, person);
  await expectIndexed(database, person);
  const commits = await scoped.query<{
    id: string;
    parent_id: string | null;
    session_id: string | null;
    position: number;
  }>({
    name: 'test_commits',
    text: 'select id, parent_id, session_id, position from memory_commits order by position',
  });
  expect(commits.map(({ parent_id: parent }) => parent)).toEqual([null, ...commits.map(({ id }) => id)].slice(0, -1));
  // All earlier commits of the branch and of the repository are ancestors of the head: nothing was forced.
  for (const id of [...commits.map((commit) => commit.id), ...play.remoteCommits]) expect(history).toContain(id);
  const applied = commits.flatMap(({ session_id: id }) => (id === null ? [] : [id]));
  expect(new Set(applied).size).toBe(applied.length);
  const all = [...(await textsOf(database, person)).values()].join('\n');
  for (const note of play.notes) expect(all.split(note)).toHaveLength(2);
  for (const id of applied) expect(all).toContain(`(Session: ${id})`);
}

test('any interleaving ends with one commit on both sides, a correct index, and no edit lost or applied twice', async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(waves, async (plan) => {
      count += 1;
      const play: Play = {
        person: await createPerson(database, 'member'),
        repository: `play/memory${count}`,
        edits: 0,
        notes: [],
        remoteCommits: [],
      };
      git.create(play.repository, { 'README.md': 'Mine.\n' });
      await linkMemory(database, play.person, play.repository);
      for (const wave of plan) {
        await Promise.all(wave.map((step) => act(play, step)));
        await endLeases(play);
      }
      for (const { session: number } of sessionsOf(plan)) await tell(play, number);
      await settle(play);
      await check(play);
      // Each session is in the branch at the end, and each story stands once, in one of its wordings.
      const told = new Set(sessionsOf(plan).map(({ session: number }) => number)).size;
      const entities = [...(await textsOf(database, play.person))].filter(([path]) => path.startsWith('memories/'));
      const stories = entities.flatMap(([, text]) => text.match(new RegExp(STORY, 'g')) ?? []);
      expect(stories).toHaveLength(told);
    }),
    { numRuns: 6, endOnFailure: true },
  );
}, 180_000);

function sessionsOf(plan: readonly Action[][]) {
  return plan.flat().flatMap((step) => (step.kind === 'session' ? [step] : []));
}
