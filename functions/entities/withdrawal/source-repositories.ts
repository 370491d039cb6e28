import type { Caller, Transaction } from '../../platform/database/database.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimSourceRepository, listSourceSessions, releaseSourceRepository } from '../sql/source-session.ts';

/** The sessions through which a source reached the repository of one user. */
export interface SourceSessions {
  owner: Owner;
  sourceId: string;
  /** Sessions of the source: all that they changed goes. */
  own: readonly string[];
  /**
   * Runs that had facts of the source in their context, or read its page: their archive stays, what was derived from it
   * goes.
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
