import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { idSchema } from '../../platform/id.ts';
import { BaseMissing, type ChangeSet, changeSetOf, stagedChanges } from '../branch/apply-change-set.ts';
import { BlockChange, diffBlocks } from '../files/diff-blocks.ts';
import type { FileChange } from '../files/timeline.ts';
import { findChangeSet, type JobRow } from '../sql/memory-job.ts';

/** The job of a session, as its user sees it. */
export const Job = z.strictObject({
  id: idSchema('job'),
  session_id: z.string(),
  status: z.enum(['queued', 'staged', 'committed', 'failed', 'reverted']),
  attempts: z.int(),
  proposer: z.enum(['model', 'rules']).nullable().meta({
    description: 'Whether a model or, without a model, rules proposed the changes',
  }),
  base_commit: z.string().nullable().meta({ description: 'The commit that the changes are based on' }),
  commit_id: z.string().nullable(),
  changes: z
    .array(z.strictObject({ path: z.string(), kind: z.enum(['created', 'changed']), blocks: z.array(BlockChange) }))
    .meta({ description: 'What the session changes, relative to its base commit' }),
  faults: z.array(z.string()).meta({ description: 'What was left out, reverted or could not be read, and why' }),
  error: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type Job = z.infer<typeof Job>;

/** Seconds that an answer may wait for the job; after that the caller polls the job. */
export const Wait = z.coerce
  .number()
  .min(0)
  .max(50)
  .default(0)
  .meta({ description: 'Seconds that the answer may wait for the end of the job' });

/** Returns a job with the diff of its change set. */
export async function jobView(queryable: Queryable, job: JobRow): Promise<Job> {
  const { set, changes } = await staged(queryable, job.session_id);
  return {
    id: idSchema('job').parse(job.id),
    session_id: job.session_id,
    status: job.status,
    attempts: job.attempts,
    proposer: set?.proposer ?? null,
    base_commit: set?.baseCommit ?? null,
    commit_id: job.commit_id,
    changes: changes.map(({ path, before, after }) => ({
      path,
      kind: before === undefined ? 'created' : 'changed',
      blocks: diffBlocks(before, after),
    })),
    faults: z.array(z.string()).parse(job.faults),
    error: job.error,
    created_at: job.created_at,
    updated_at: job.updated_at,
  };
}

/**
 * Reads the change set and its base. A concurrent erasure may rewrite the base between the two reads; then both are
 * read again.
 */
async function staged(
  queryable: Queryable,
  sessionId: string,
  isAgain = false,
): Promise<{ set: ChangeSet | undefined; changes: FileChange[] }> {
  const row = await findChangeSet(queryable, sessionId);
  if (row === undefined) return { set: undefined, changes: [] };
  const set = changeSetOf(row);
  try {
    return { set, changes: await stagedChanges(queryable, set) };
  } catch (error) {
    if (isAgain || !(error instanceof BaseMissing)) throw error;
    return staged(queryable, sessionId, true);
  }
}
