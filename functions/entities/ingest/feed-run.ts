import type { Transaction } from '../../platform/database/database.ts';
import { archiveTurns } from '../archive-turns.ts';
import type { Owner } from '../sql/memory-object.ts';
import { findArchivedSession, updateSessionScanned } from '../sql/memory-session.ts';
import { spokenIn } from './material.ts';
import { startJob } from './receive.ts';

const LONGEST_TURN = 100_000;

/**
 * Gives the archived session of a sprint or run its job, and its words their place among the archived turns, once; false when it has them. What the workers said
 * is their person's to find and nobody else's.
 */
export async function feedRun(transaction: Transaction, owner: Owner, id: string): Promise<boolean> {
  if (!(await updateSessionScanned(transaction, id))) return false;
  const session = await findArchivedSession(transaction, id);
  if (session === undefined) return false;
  const { turns } = spokenIn(session, []);
  const named = turns.map((turn) => ({ ...turn, text: turn.text.slice(0, LONGEST_TURN) }));
  await archiveTurns(transaction, { ...owner, sessionId: id, turns: named });
  await startJob(transaction, { owner, id, commits: true });
  return true;
}
