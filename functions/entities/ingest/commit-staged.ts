import { z } from 'zod';
import type { Scoped } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { applyChangeSet, ChangeConflict, changeSetOf } from '../branch/apply-change-set.ts';
import { deleteChangeSet, findChangeSet, findJob, type JobStatus, updateJobCommits } from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimRepository } from '../sql/memory-repository.ts';
import { enqueueProposal } from '../tasks.ts';

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
 * yet is committed as soon as it is staged.
 * @throws Problem 404 for an unknown session, 409 for one that failed or was reverted
 */
export async function commitStaged(scoped: Scoped, sessionId: string): Promise<Conflict | undefined> {
  try {
    await scoped.transaction(async (transaction, caller) => {
      if (caller === undefined) throw new Error('The transaction has no caller');
      const owner: Owner = { tenantId: caller.tenantId, userId: caller.userId };
      // Lock first, then read: a concurrent erasure may delete the change set or rewrite its base while this call waits
      // for the lock.
      await claimRepository(transaction);
      const row = await findChangeSet(transaction, sessionId);
      if (row !== undefined) return applyChangeSet(transaction, owner, changeSetOf(row));
      const job = await findJob(transaction, { sessionId });
      if (job === undefined) throw new Problem('not-found', 'The session does not exist.');
      const reason = WHY_NOT[job.status];
      if (reason !== undefined) throw new Problem('conflict', reason);
      // The step that stages the session holds the repository while it reads this wish.
      await updateJobCommits(transaction, job.id);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ChangeConflict)) throw error;
    return conflictOf(error);
  }
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
