import type { Transaction } from '../../platform/database/database.ts';
import type { Edit } from '../files/edit.ts';
import { listStagedFrom, type StagedRow } from '../sql/branch-history.ts';
import { deleteChangeSet } from '../sql/memory-job.ts';
import { deleteStagedSets, updateJobsReverted, updateSessionsKeptOut } from '../sql/source-session.ts';
import { enqueueProposal } from '../tasks.ts';
import type { SourceReach } from './in-source-repositories.ts';
import type { NewFiles } from './new-files.ts';
import { type PastSession, pastSession } from './past.ts';
import { replayEdits } from './replay-edits.ts';
import { refusalOf, type SourceSessions } from './without-source.ts';

export interface StagedSettled {
  /** Sessions of the source whose change sets were dropped. */
  dropped: string[];
  /** Later sessions whose proposal was derived from the source: they are proposed anew, on the branch without it. */
  restaged: string[];
  /** Those that stay, with edits that can be made on their base as it is without the source. */
  kept: { session: PastSession; edits: Edit[] }[];
}

/** The change sets that are staged on a commit since the source came in. They are to be in what `readPast` reads. */
export async function stagedSince(
  transaction: Pick<Transaction, 'query'>,
  first: number,
): Promise<{ row: StagedRow; session: PastSession }[]> {
  return (await listStagedFrom(transaction, first)).flatMap((row) => {
    const session = pastSession(row);
    return session === undefined ? [] : { row, session };
  });
}

/** Sees to it that nothing which waits brings back what a source said: its own sessions end, and what was proposed from it is proposed anew. */
export async function settleStaged(
  transaction: Transaction,
  reach: SourceReach,
  found: { staged: Awaited<ReturnType<typeof stagedSince>>; files: NewFiles | undefined; source: SourceSessions },
): Promise<StagedSettled> {
  const { own, influenced, owner } = reach;
  const { staged, files, source } = found;
  await updateJobsReverted(transaction, { own, influenced });
  await updateSessionsKeptOut(transaction, influenced);
  const dropped = await deleteStagedSets(transaction, [...own, ...influenced]);
  const settled: StagedSettled = { dropped, restaged: [], kept: [] };
  if (files === undefined) return settled;
  for (const { row, session } of staged.filter((each) => !dropped.includes(each.session.sessionId))) {
    const { sessionId, basePosition } = session;
    const base = (path: string) => files.at(basePosition, path)?.text;
    const was = (path: string) => files.was(basePosition, path)?.text;
    const refuse = await refusalOf(session, source, files);
    const { edits, withdrawn } = replayEdits(session.edits, { was, base, branch: base, refuse });
    if (withdrawn.length === 0) {
      settled.kept.push({ session, edits });
      continue;
    }
    settled.restaged.push(sessionId);
    if (row.job_id !== null && (await deleteChangeSet(transaction, sessionId))) {
      await enqueueProposal(transaction, owner, { id: row.job_id, key: `${row.job_id}:restaged:${row.attempts}` });
    } else await deleteStagedSets(transaction, [sessionId]);
  }
  return settled;
}
