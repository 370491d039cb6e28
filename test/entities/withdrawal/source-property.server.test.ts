import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyChangeSet, changeSetOf } from '../../../functions/entities/branch/apply-change-set.ts';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { rebuildIndex } from '../../../functions/entities/branch/rebuild-index.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { proposeAndStage } from '../../../functions/entities/ingest/process.ts';
import { receiveSession } from '../../../functions/entities/ingest/receive-session.ts';
import { findCommit } from '../../../functions/entities/sql/memory-commit.ts';
import { findChangeSet, findJob, insertChangeSet } from '../../../functions/entities/sql/memory-job.ts';
import { listFiles, listTexts } from '../../../functions/entities/sql/memory-object.ts';
import { claimRepository, insertRepository } from '../../../functions/entities/sql/memory-repository.ts';
import { eraseSource } from '../../../functions/entities/withdrawal/erase-source.ts';
import { revertSource } from '../../../functions/entities/withdrawal/revert-source.ts';
import {
  inSourceRepositories,
  type SourceSessions,
} from '../../../functions/entities/withdrawal/source-repositories.ts';
import { deleteSourceMemory } from '../../../functions/memory/sql/memory-source.ts';
import type { Database, Transaction } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { createPerson, forever, type Person, scopeOf } from '../people.ts';
import { checkBranch } from './check-branch.ts';

/**
 * Random sessions on shared files, staged and committed in any order; some edit the text of others. One is reverted or
 * erased. The files must then equal, to the byte, those of a user with the same sessions without it, and the whole
 * history must be consistent.
 */
let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  useQueue({ create: async () => undefined, close: async () => undefined });
}, 60_000);
afterAll(closeDatabase);

const SPEAKERS = ['Maya', 'Leo', 'user'] as const;
const FILES = ['memories/people/maya.md', 'memories/people/leo.md', 'profile.md'] as const;
const SESSIONS = 6;

type Action = { kind: 'stage' | 'commit' | 'tell' | 'rephrase' | 'rebuild'; session: number };
const actions = fc.array(
  fc.record({
    kind: fc.constantFrom<Action['kind']>('stage', 'stage', 'commit', 'commit', 'tell', 'tell', 'rephrase', 'rebuild'),
    session: fc.integer({ min: 0, max: SESSIONS - 1 }),
  }),
  { minLength: 6, maxLength: 16 },
);

const idOf = (session: number) => `session-${session}`;
const sentence = (session: number) => `I told the story ${session} of my boat.`;
const ownerOf = (person: Person) => ({ tenantId: person.tenantId, userId: person.userId });

/** Performs the actions for one user, without those of the session `without`. */
class Actor {
  readonly person: Person;
  readonly #without: number | undefined;
  readonly #rephrased = new Set<number>();
  readonly #committed = new Set<number>();

  constructor(person: Person, without?: number) {
    this.person = person;
    this.#without = without;
  }

  async act({ kind, session }: Action): Promise<void> {
    const scoped = database.as(scopeOf(this.person));
    const owner = ownerOf(this.person);
    if (kind === 'rebuild') await scoped.transaction((transaction) => rebuildIndex(transaction, owner));
    else if (kind === 'rephrase') await this.#rephrase(session);
    else {
      if (kind !== 'commit') await this.#stage(session);
      if (kind !== 'stage') await this.#commit(session);
    }
  }

  async #stage(session: number): Promise<void> {
    if (session === this.#without) return;
    const scoped = database.as(scopeOf(this.person));
    const turns = [{ speaker: SPEAKERS[session % 3] ?? '', text: sentence(session), said_at: '2026-03-03T10:00:00Z' }];
    const job = await scoped.transaction((transaction) =>
      receiveSession(transaction, { owner: ownerOf(this.person), id: idOf(session), turns, commits: false }),
    );
    await proposeAndStage({ database, ...ownerOf(this.person), jobId: job.id, signal: forever });
  }

  async #commit(session: number): Promise<void> {
    await database.as(scopeOf(this.person)).transaction(async (transaction) => {
      await claimRepository(transaction);
      const row = await findChangeSet(transaction, idOf(session));
      if (row !== undefined || session === this.#without) this.#committed.add(session);
      if (row !== undefined) await applyChangeSet(transaction, ownerOf(this.person), changeSetOf(row));
    });
  }

  /**
   * Commits a session that rephrases the sentence of another session, once. It has no edit if that session is left out.
   */
  async #rephrase(session: number): Promise<void> {
    if (this.#rephrased.has(session) || !this.#committed.has(session)) return;
    this.#rephrased.add(session);
    const scoped = database.as(scopeOf(this.person));
    const head = await openCommit(scoped);
    const path = FILES[session % 3];
    const edit = Edit.parse({
      op: 'replace',
      path,
      search: sentence(session),
      replacement: `It was told, ${session}.`,
    });
    const set = {
      sessionId: `rephrased-${session}`,
      baseCommit: head?.id,
      proposer: 'model' as const,
      edits: session === this.#without ? [] : [edit],
      shown: [path ?? ''],
      day: '2026-03-04',
    };
    await scoped.transaction(async (transaction) => {
      await insertChangeSet(transaction, ownerOf(this.person), set);
      await applyChangeSet(transaction, ownerOf(this.person), set);
    });
  }
}

const withdraw = (
  person: Person,
  session: number,
  work: (transaction: Transaction, source: SourceSessions) => Promise<unknown>,
) =>
  database.as(scopeOf(person)).transaction(async (transaction) => {
    const caller = { ...ownerOf(person), ownerId: person.userId, role: person.role };
    const entry = { caller, sourceId: idOf(session), action: 'a test' };
    return inSourceRepositories(transaction, entry, (source) => work(transaction, source));
  });

const erase = (person: Person, session: number) =>
  withdraw(person, session, async (transaction, source) => {
    await eraseSource(transaction, source);
    await deleteSourceMemory(transaction, idOf(session));
  });
const revert = (person: Person, session: number) =>
  withdraw(person, session, (transaction, source) => revertSource(transaction, source, true));

const treeOf = async (person: Person) => {
  const head = await openCommit(database.as(scopeOf(person)));
  const files = head === undefined ? [] : await filesOf(person, head.tree_id);
  return files;
};

async function filesOf(person: Person, treeId: string) {
  const scoped = database.as(scopeOf(person));
  return listTexts(
    scoped,
    treeId,
    (await listFiles(scoped, treeId)).map(({ path }) => path),
  );
}

async function commitRest(actor: Actor): Promise<void> {
  for (let session = 0; session < SESSIONS; session += 1) await actor.act({ kind: 'commit', session });
}

test('after any sessions, the files without one of them are as if it had never existed', async () => {
  await fc.assert(
    fc.asyncProperty(
      actions,
      fc.integer({ min: 0, max: SESSIONS - 1 }),
      fc.constantFrom('erase', 'revert', 'revert twice', 'revert and erase', 'erase beside a commit', 'erase twice'),
      async (plan, session, how) => {
        const [person, other] = [await createPerson(database, 'member'), await createPerson(database, 'member')];
        for (const who of [person, other])
          await database
            .as(scopeOf(who))
            .transaction((transaction) =>
              insertRepository(transaction, { id: createId('repo'), ...ownerOf(who), ontology: 'personal' }),
            );
        const [actor, without] = [new Actor(person), new Actor(other, session)];
        // The withdrawn session is staged first, so that the others build on it.
        for (const action of [{ kind: 'stage' as const, session }, ...plan]) {
          await actor.act(action);
          await without.act(action);
        }
        if (how === 'erase beside a commit')
          await Promise.all([erase(person, session), actor.act({ kind: 'commit', session: (session + 1) % SESSIONS })]);
        else if (how.startsWith('revert')) await revert(person, session);
        else await erase(person, session);
        if (how === 'revert twice') await revert(person, session);
        if (how === 'revert and erase' || how === 'erase twice') await erase(person, session);
        await checkBranch(database, person);
        const scoped = database.as(scopeOf(person));
        if (how.includes('erase')) {
          expect(await findCommit(scoped, { sessionId: idOf(session) })).toBeUndefined();
          expect(await findJob(scoped, { sessionId: idOf(session) })).toBeUndefined();
        }
        if (how === 'erase beside a commit') await without.act({ kind: 'commit', session: (session + 1) % SESSIONS });
        expect(await treeOf(person)).toEqual(await treeOf(other));
        await commitRest(actor);
        await commitRest(without);
        await checkBranch(database, person);
        expect(await treeOf(person)).toEqual(await treeOf(other));
      },
    ),
    { numRuns: 25, endOnFailure: true },
  );
}, 240_000);
