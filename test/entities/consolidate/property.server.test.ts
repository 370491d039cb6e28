import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChangeConflict } from '../../../functions/entities/branch/apply-change-set.ts';
import { commitStagedSteps } from '../../../functions/entities/consolidate/commit-operations.ts';
import { processConsolidation } from '../../../functions/entities/consolidate/process.ts';
import { ConsolidationBody, startConsolidation } from '../../../functions/entities/consolidate/start-consolidation.ts';
import { undoConsolidation } from '../../../functions/entities/consolidate/undo.ts';
import { listConsolidations } from '../../../functions/entities/sql/memory-consolidation.ts';
import type { Database, Transaction } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { FenceLost, NotNow, Problem } from '../../../functions/platform/errors.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { createPerson, forever, type Person, scopeOf } from '../people.ts';
import { append, commitSession, create, expectCleanForGit, expectSound, filesOf, saidIn } from './repository.ts';

/**
 * Random interleavings of sessions with consolidations, dry runs, commits, undos and crashes, concurrent on PostgreSQL.
 * In every order the branch is linear, git finds no fault, the index and the rows of blocks match the files, and every
 * sentence of a session is in a file.
 */
let database: Database;
beforeAll(async () => {
  database = await openDatabase();
  useQueue({ create: async () => undefined, close: async () => undefined });
}, 60_000);
afterAll(closeDatabase);

const CRASH = new Error('the process is gone');
/** The second of each pair has the name of the first one, so that they are merged. */
const PEOPLE = [
  ['memories/people/maya.md', 'Maya'],
  ['memories/people/maya_chen.md', 'Maya'],
  ['memories/people/leo.md', 'Leo'],
  ['memories/people/leo_b.md', 'Leo'],
] as const;

type Kind = 'tell' | 'consolidate' | 'consolidateAndCrash' | 'dryRun' | 'commit' | 'undo';
const action = fc.record({
  kind: fc.constantFrom<Kind>(
    'tell',
    'tell',
    'tell',
    'consolidate',
    'consolidate',
    'consolidateAndCrash',
    'dryRun',
    'commit',
    'undo',
  ),
  which: fc.integer({ min: 0, max: 3 }),
});
const waves = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 10 });

interface Told {
  person: Person;
  sentences: Set<string>;
}

async function act(told: Told, { kind, which }: { kind: Kind; which: number }): Promise<void> {
  const { person } = told;
  const scoped = database.as(scopeOf(person));
  const owner = { tenantId: person.tenantId, userId: person.userId };
  if (kind === 'tell') return tell(told, which);
  if (kind === 'commit' || kind === 'undo') {
    const rows = await listConsolidations(scoped, { before: undefined, limit: 50 });
    const row = rows[which % Math.max(1, rows.length)];
    const settle = kind === 'commit' ? commitStagedSteps : undoConsolidation;
    if (row !== undefined)
      await allowing(scoped.transaction((transaction: Transaction) => settle(transaction, owner, row.id)));
    return;
  }
  const body = ConsolidationBody.parse({ dry_run: kind === 'dryRun', soft_cap_tokens: 1000 });
  const { id } = await scoped.transaction((transaction) =>
    startConsolidation(transaction, owner, { body, startedBy: 'person' }),
  );
  const on = kind === 'consolidateAndCrash' ? crashingAt(which + 1) : database;
  await allowing(processConsolidation({ database: on, ...owner, consolidationId: id, signal: forever }));
}

async function tell({ person, sentences }: Told, which: number): Promise<void> {
  const [path, name] = PEOPLE[which] ?? PEOPLE[0];
  const words = `Story ${sentences.size} of ${name}`;
  sentences.add(words);
  const padding = 'It was a long day at the harbour. '.repeat(8).trim();
  const file = (await filesOf(database, person)).get(path);
  const edit =
    file === undefined
      ? create(path, { name, blocks: { [words]: `${words}\n${padding}` } })
      : append(path, words, `${words}\n${padding}`);
  await commitSession(database, person, [edit]);
}

/** Expected errors: a concurrent call, a contradicting branch, or nothing to commit. */
async function allowing(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    const isAllowed = error === CRASH || [ChangeConflict, NotNow, FenceLost].some((kind) => error instanceof kind);
    if (!isAllowed && !(error instanceof Problem && error.kind === 'conflict')) throw error;
  });
}

/**
 * A database whose transaction of this number is cut off before the commit; its claim stays until the lease expires.
 */
function crashingAt(number: number): Database {
  let left = number;
  return {
    ...database,
    as: (scope) => {
      const scoped = database.as(scope);
      return {
        ...scoped,
        query: (statement) => (left <= 0 ? Promise.reject(CRASH) : scoped.query(statement)),
        transaction: (work) =>
          scoped.transaction(async (transaction, caller) => {
            left -= 1;
            const answer = await work(transaction, caller);
            if (left <= 0) throw CRASH;
            return answer;
          }),
      };
    },
  };
}

/**
 * Checks that all sentences from before the wave are in a file, and those of the wave unless a merge removed the file
 * between the reading and the edit of a session.
 */
async function check({ person, sentences }: Told, earlier: ReadonlySet<string>): Promise<void> {
  await expectSound(database, person);
  const said = saidIn((await filesOf(database, person)).values());
  for (const sentence of earlier) expect(said).toContain(sentence);
  for (const sentence of sentences) if (!said.has(sentence)) sentences.delete(sentence);
}

test('any interleaving of sessions and consolidations keeps the branch sound and loses no sentence', async () => {
  await fc.assert(
    fc.asyncProperty(waves, async (plan) => {
      const told: Told = { person: await createPerson(database, 'member'), sentences: new Set() };
      for (const wave of plan) {
        const earlier = new Set(told.sentences);
        const tellers = wave.filter(({ kind }) => kind === 'tell');
        const others = wave.filter(({ kind }) => kind !== 'tell');
        // Sessions of one wave run one after another, so that the test knows which were written.
        await Promise.all([
          ...others.map((each) => act(told, each)),
          (async () => {
            for (const each of tellers) await act(told, each);
          })(),
        ]);
        await check(told, others.length === 0 ? new Set(told.sentences) : earlier);
      }
      const scoped = database.as(scopeOf(told.person));
      await scoped.query({ name: 'test_end_leases', text: 'update memory_consolidations set lease_until = null' });
      for (const { id } of await listConsolidations(scoped, { before: undefined, limit: 50 }))
        await allowing(
          processConsolidation({
            database,
            tenantId: told.person.tenantId,
            userId: told.person.userId,
            consolidationId: id,
            signal: forever,
          }),
        );
      await check(told, new Set(told.sentences));
      await expectCleanForGit(database, told.person);
    }),
    { numRuns: 10, endOnFailure: true },
  );
}, 120_000);
