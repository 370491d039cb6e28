import { z } from 'zod';
import type { Scoped, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import {
  applyChangeSet,
  ChangeConflict,
  type ChangeSet,
  changeSetOf,
  textsOfBase,
} from '../branch/apply-change-set.ts';
import {
  deleteChangeSet,
  findChangeSet,
  findJob,
  type JobStatus,
  updateChangeSetEdits,
  updateJobCommits,
} from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimRepository } from '../sql/memory-repository.ts';
import { enqueueProposal } from '../tasks.ts';
import { type ChosenBlock, chooseEdits } from './choose-edits.ts';

/** The 409 answer when the branch has changed the same blocks: an RFC 9457 problem with both sides. */
export const Conflict = z.strictObject({
  type: z.literal('urn:apexflow:problem:conflict'),
  title: z.string(),
  status: z.literal(409),
  detail: z.string(),
  conflicts: z.array(
    z.strictObject({
      path: z.string(),
      block: z.string(),
      base: z.string().nullable(),
      branch: z.string().nullable(),
      session: z.string().nullable(),
    }),
  ),
});
export type Conflict = z.infer<typeof Conflict>;

/**
 * Commits a staged session by compare-and-swap of the branch. Idempotent. When the branch has moved, the edits are
 * merged with its changes; on a conflict nothing is written and the conflict is returned. A session that is not staged
 * yet is committed as soon as it is staged. With `chosen` only the edits of these blocks are committed, and the others
 * are removed from the change set; the session must be staged.
 * @throws Problem 404 for an unknown session, 409 for one that failed or was reverted, or whose chosen blocks cannot be
 *   committed alone
 */
export async function commitStaged(
  scoped: Scoped,
  sessionId: string,
  chosen?: readonly ChosenBlock[],
): Promise<Conflict | undefined> {
  try {
    await scoped.transaction(async (transaction, caller) => {
      if (caller === undefined) throw new Error('The transaction has no caller');
      const owner: Owner = { tenantId: caller.tenantId, userId: caller.userId };
      // Lock first, then read: a concurrent erasure may delete the change set or rewrite its base while this call waits
      // for the lock.
      await claimRepository(transaction);
      const row = await findChangeSet(transaction, sessionId);
      if (row !== undefined) {
        const set = changeSetOf(row);
        return applyChangeSet(transaction, owner, chosen ? await narrowed(transaction, set, chosen) : set);
      }
      const job = await findJob(transaction, { sessionId });
      if (job === undefined) throw new Problem('not-found', 'The session does not exist.');
      const reason = WHY_NOT[job.status];
      if (reason !== undefined) throw new Problem('conflict', reason);
      if (chosen !== undefined) throw new Problem('conflict', 'The session is not staged yet. Try again when it is.');
      // The step that stages the session holds the repository while it reads this wish.
      await updateJobCommits(transaction, job.id);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ChangeConflict)) throw error;
    return conflictOf(error);
  }
}

/**
 * Removes the edits of other blocks from a change set, also where it is stored, because a later erasure replays it. The
 * change set of a committed session stays as it is.
 */
async function narrowed(transaction: Transaction, set: ChangeSet, chosen: readonly ChosenBlock[]): Promise<ChangeSet> {
  if ((await findJob(transaction, { sessionId: set.sessionId }))?.status === 'committed') return set;
  const base = await textsOfBase(transaction, set);
  const choice = chooseEdits(set.edits, (path) => base.get(path), chosen);
  if ('fault' in choice) throw new Problem('conflict', `${choice.fault} Nothing was committed.`);
  await updateChangeSetEdits(transaction, { sessionId: set.sessionId, edits: choice.edits });
  return { ...set, edits: choice.edits };
}

const WHY_NOT: Partial<Record<JobStatus, string>> = {
  failed: 'The session failed before it was staged. Send it again.',
  reverted: 'The session was reverted with its source and cannot be committed.',
};

/** Deletes a staged change set and proposes it again on the current branch. The caller polls the same job. */
export async function restage(scoped: Scoped, sessionId: string): Promise<void> {
  await scoped.transaction(async (transaction, caller) => {
    if (caller === undefined) throw new Error('The transaction has no caller');
    const job = await findJob(transaction, { sessionId });
    if (job === undefined || !(await deleteChangeSet(transaction, sessionId))) return;
    await enqueueProposal(transaction, caller, { id: job.id, key: `${job.id}:restaged:${job.attempts}` });
  });
}

/** Returns the 409 answer; `detail` says what was not done. */
export function conflictOf(
  { conflicts }: ChangeConflict,
  detail = 'The branch has changed the same blocks since the session was staged; nothing was committed.',
): Conflict {
  return {
    type: 'urn:apexflow:problem:conflict',
    title: 'The present state does not allow this',
    status: 409,
    detail,
    conflicts: conflicts.map(({ path, block, base, branch, session }) => ({
      path,
      block,
      base: base ?? null,
      branch: branch ?? null,
      session: session ?? null,
    })),
  };
}

export const PROBLEM_JSON = { 'content-type': 'application/problem+json; charset=utf-8' };
