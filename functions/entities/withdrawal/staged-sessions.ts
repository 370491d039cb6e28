import type { Transaction } from '../../platform/database/database.ts';
import type { Edit } from '../files/edit.ts';
import { deleteChangeSet, findJob } from '../sql/memory-job.ts';
import { deleteStagedSets, listStagedSets, updateJobsReverted, updateSessionsKeptOut } from '../sql/source-session.ts';
import { enqueueProposal } from '../tasks.ts';
import type { OriginalSession } from './history-slice.ts';
import { createRefusalCheck, type Replay } from './replay.ts';
import { replayEdits } from './replay-edits.ts';
import { findSaidNames } from './said-names.ts';
import type { SourceSessions } from './source-repositories.ts';

export interface StagedResult {
  /**
   * Sessions whose change sets were deleted whole and are not proposed again: the source's own session, influenced
   * runs, and later sessions with a derived edit whose job was not staged, for example because it had failed.
   */
  dropped: string[];
  /**
   * Later sessions whose change sets were deleted, because an edit was derived from the source. Their jobs are
   * enqueued, and propose again on the branch without the source.
   */
  restaged: string[];
  /** Later sessions that stay staged, with their edits as they apply to their base without the source. */
  kept: { session: OriginalSession; edits: Edit[] }[];
}

/**
 * Keeps staged and queued sessions from bringing the source back. Jobs of the source's own session, and jobs of
 * influenced runs that are not committed, become `reverted`. Influenced runs that have no job yet never get one. A
 * later session stays staged if all its edits can be replayed; if not, its change set is deleted and its job is
 * enqueued again.
 * @param replay undefined when the source is not in the branch
 * @param error why the jobs are `reverted`
 */
export async function withdrawStaged(
  transaction: Transaction,
  { own, influenced, owner }: SourceSessions,
  replay: Replay | undefined,
  error: string,
): Promise<StagedResult> {
  await updateJobsReverted(transaction, { own, influenced }, error);
  await updateSessionsKeptOut(transaction, influenced);
  const dropped = await deleteStagedSets(transaction, [...own, ...influenced]);
  const result: StagedResult = { dropped: [...dropped], restaged: [], kept: [] };
  for (const { row, session } of replay?.staged ?? []) {
    const { sessionId } = session;
    if (replay === undefined || dropped.includes(sessionId)) continue;
    const { edits, withdrawn } = await replayStaged(session, replay);
    if (withdrawn.length === 0) {
      result.kept.push({ session, edits });
      continue;
    }
    if (row.job_id !== null && (await deleteChangeSet(transaction, sessionId))) {
      await enqueueProposal(transaction, owner, { id: row.job_id, key: `${row.job_id}:restaged:${row.attempts}` });
      result.restaged.push(sessionId);
    } else result.dropped.push(...(await deleteStagedSets(transaction, [sessionId])));
  }
  return result;
}

/** Returns what {@link withdrawStaged} would do to staged sessions, and writes nothing. */
export async function previewStaged(
  transaction: Transaction,
  { own, influenced }: SourceSessions,
  replay: Replay | undefined,
): Promise<Pick<StagedResult, 'dropped' | 'restaged'>> {
  const dropped = await listStagedSets(transaction, [...own, ...influenced]);
  const restaged: string[] = [];
  for (const { session } of replay?.staged ?? []) {
    const { sessionId } = session;
    if (replay === undefined || dropped.includes(sessionId)) continue;
    if ((await replayStaged(session, replay)).withdrawn.length === 0) continue;
    const job = await findJob(transaction, { sessionId });
    (job?.status === 'staged' ? restaged : dropped).push(sessionId);
  }
  return { dropped, restaged };
}

async function replayStaged(session: OriginalSession, replay: Replay) {
  const { basePosition } = session;
  const { files } = replay;
  const base = (path: string) => files.at(basePosition, path)?.text;
  const original = (path: string) => files.original(basePosition, path)?.text;
  return replayEdits(session.edits, {
    original,
    base,
    target: base,
    refusalReason: await createRefusalCheck(session, replay),
    saidName: await findSaidNames(session, replay),
  });
}
