import type { Caller, Transaction } from '../../platform/database/database.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimSourceRepository, listSourceSessions, releaseSourceRepository } from '../sql/source-session.ts';

/** The sessions through which a source reached the repository of one user. */
export interface SourceSessions {
  owner: Owner;
  sourceId: string;
  /**
   * The session of the source itself: one at most for each user. Every change that it made is removed, and its archive
   * too.
   */
  own: readonly string[];
  /**
   * Runs that had facts of the source, or facts derived from them, in their context, or that opened the page. Their
   * archives stay, and their edits are removed; see `createRefusalCheck` for the exception.
   */
  influenced: readonly string[];
}

/**
 * Calls `work` for the repository of each user whom a source reached: only the caller's own, or all of the tenant for
 * an admin. In another user's repository the transaction acts as that user during the call, and the audit log records
 * it. `work` decides what an admin may see of the result.
 */
export async function inSourceRepositories<T>(
  transaction: Transaction,
  { caller, sourceId, action }: { caller: Caller; sourceId: string; action: string },
  work: (source: SourceSessions) => Promise<T>,
): Promise<{ userId: string; answer: T }[]> {
  const rows = await listSourceSessions(transaction, sourceId);
  const answers: { userId: string; answer: T }[] = [];
  for (const userId of new Set(rows.map((row) => row.user_id))) {
    const sessions = rows.filter((row) => row.user_id === userId);
    if (!(await claimSourceRepository(transaction, { sourceId, userId, action }))) continue;
    const answer = await work({
      owner: { tenantId: caller.tenantId, userId },
      sourceId,
      own: sessions.filter((row) => row.is_own).map((row) => row.session_id),
      influenced: sessions.filter((row) => !row.is_own).map((row) => row.session_id),
    });
    answers.push({ userId, answer });
    await releaseSourceRepository(transaction, caller.userId);
  }
  return answers;
}
