import type { Caller, Transaction } from '../../platform/database/database.ts';
import type { Owner } from '../sql/memory-object.ts';
import { claimSourceRepository, listSourceSessions, releaseSourceRepository } from '../sql/source-session.ts';

/** What of a source is in one person's entity memory. */
export interface SourceReach {
  owner: Owner;
  sourceId: string;
  /** Its sessions. */
  own: string[];
  /** Runs that were under its influence. */
  influenced: string[];
}

/**
 * Does something in the entity memory of each person whom a source reached: the caller's own, or of the whole tenant for an admin. In another's repository the
 * transaction acts as that person while it lasts, which the audit log tells; what an admin may see of it is for `work` to say.
 */
export async function inSourceRepositories<T>(
  transaction: Transaction,
  { caller, sourceId, action }: { caller: Caller; sourceId: string; action: string },
  work: (reach: SourceReach) => Promise<T>,
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
