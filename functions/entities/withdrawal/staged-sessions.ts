import type { Transaction } from '../../platform/database/database.ts';
import type { Edit } from '../files/edit.ts';
import { deleteChangeSet } from '../sql/memory-job.ts';
import { deleteStagedSets, updateJobsReverted, updateSessionsKeptOut } from '../sql/source-session.ts';
import { enqueueProposal } from '../tasks.ts';
import type { OriginalSession } from './history-slice.ts';
import { type Replay, refusalOf } from './replay.ts';
import { replayEdits } from './replay-edits.ts';
import type { SourceSessions } from './source-repositories.ts';

export interface StagedResult {
  /** Sessions of the source whose change sets were deleted. */
  dropped: string[];
  /** Later sessions whose edits were derived from the source. Their jobs run again on the branch without it. */
  restaged: string[];
  /** Later sessions that stay staged, with their edits as they apply to their base without the source. */
  kept: { session: OriginalSession; edits: Edit[] }[];
}

/**
 * Keeps staged and queued sessions from bringing the source back. Jobs of the source end as reverted, and influenced
 * runs that wait are not fed to the files. A later session that is staged stays if all its edits can be replayed; if
 * not, its change set is deleted and its job is enqueued again.
 * @param replay undefined when the source is not in the branch
 */
export async function withdrawStaged(
  transaction: Transaction,
  { own, influenced, owner }: SourceSessions,
  replay: Replay | undefined,
): Promise<StagedResult> {
  await updateJobsReverted(transaction, { own, influenced });
  await updateSessionsKeptOut(transaction, influenced);
  const dropped = await deleteStagedSets(transaction, [...own, ...influenced]);
  const result: StagedResult = { dropped, restaged: [], kept: [] };
  for (const { row, session } of replay?.staged ?? []) {
    const { sessionId } = session;
    if (replay === undefined || dropped.includes(sessionId)) continue;
    const { edits, withdrawn } = await replayStaged(session, replay);
    if (withdrawn.length === 0) {
      result.kept.push({ session, edits });
      continue;
    }
    result.restaged.push(sessionId);
    if (row.job_id !== null && (await deleteChangeSet(transaction, sessionId))) {
      await enqueueProposal(transaction, owner, { id: row.job_id, key: `${row.job_id}:restaged:${row.attempts}` });
    } else await deleteStagedSets(transaction, [sessionId]);
  }
  return result;
}

async function replayStaged(session: OriginalSession, replay: Replay) {
  const { basePosition } = session;
  const { files } = replay;
  const base = (path: string) => files.at(basePosition, path)?.text;
  const original = (path: string) => files.original(basePosition, path)?.text;
  return replayEdits(session.edits, { original, base, branch: base, refuse: await refusalOf(session, replay) });
}
