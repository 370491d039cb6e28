import { z } from 'zod';
import type { Scoped } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { applyChangeSet, ChangeConflict, changeSetOf } from '../branch/apply-change-set.ts';
import { deleteChangeSet, findChangeSet, findJob, type JobStatus } from '../sql/memory-job.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimRepository } from '../sql/memory-repository.ts';
import { enqueueProposal } from './job.ts';

/** The answer to a session whose blocks the branch has changed meanwhile: a problem of RFC 9457 that holds both sides. */
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
 * Commits a staged session by compare-and-swap of the branch; one that is committed stays so. Where the branch moved, the edits are merged with what it got, or
 * it is a conflict and nothing is written.
 * @throws Problem 404 for no such session, 409 for one that is not staged
 */
export async function commitStaged(scoped: Scoped, sessionId: string): Promise<Conflict | undefined> {
  try {
    await scoped.transaction(async (transaction, caller) => {
      if (caller === undefined) throw new Error('A transaction of a caller has no caller');
      const owner: Owner = { tenantId: caller.tenantId, userId: caller.userId };
      // What is staged is read under the lock: while it was waited for, a source may have been erased, and with it what this was made on.
      await claimRepository(transaction);
      const row = await findChangeSet(transaction, sessionId);
      if (row !== undefined) return applyChangeSet(transaction, owner, changeSetOf(row));
      const job = await findJob(transaction, { sessionId });
      if (job === undefined) throw new Problem('not-found', 'There is no such session.');
      throw new Problem('conflict', WHY_NOT[job.status]);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ChangeConflict)) throw error;
    return conflictOf(error);
  }
}

const WAITS = 'The session is not staged yet: follow its job.';
const WHY_NOT: Record<JobStatus, string> = {
  queued: WAITS,
  staged: WAITS,
  committed: WAITS,
  failed: 'The session is not staged yet: it failed; send it again.',
  reverted: 'The session was taken back with its source and is not applied again.',
};

/** Makes a staged session's change set anew on the branch as it is; its job is followed as the first time. */
export async function restage(scoped: Scoped, sessionId: string): Promise<void> {
  await scoped.transaction(async (transaction, caller) => {
    if (caller === undefined) throw new Error('A transaction of a caller has no caller');
    const job = await findJob(transaction, { sessionId });
    if (job === undefined || !(await deleteChangeSet(transaction, sessionId))) return;
    await enqueueProposal(transaction, caller, { id: job.id, key: `${job.id}:restaged:${job.attempts}` });
  });
}

/** A conflict as it is answered; `detail` says what was not done. */
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
