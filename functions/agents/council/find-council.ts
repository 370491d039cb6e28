import type { Queryable, Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { requireLockedRun } from '../../runs/find-run.ts';
import { hasEnded } from '../../runs/run.ts';
import { type CouncilRow, findCouncil } from '../sql/council.ts';

/** Reads for endpoints. Each throws Problem 404 when the caller's tenant has no such council. */

/** Returns a council as it is stored. @throws Problem 404 */
export async function requireCouncil(queryable: Queryable, id: string): Promise<CouncilRow> {
  const found = await findCouncil(queryable, id);
  if (found === undefined) throw new Problem('not-found', 'There is no such council.');
  return found;
}

/** Locks the run of a council and returns the council. @throws Problem 404, 409 when it has ended */
export async function requireOpenCouncil(transaction: Transaction, id: string): Promise<CouncilRow> {
  const { run_id: runId } = await requireCouncil(transaction, id);
  await requireLockedRun(transaction, runId);
  // Read again, to see what the transaction that held the lock before has written.
  const council = await requireCouncil(transaction, id);
  if (hasEnded(council.run_status)) throw new Problem('conflict', `The council is ${council.status}.`);
  return council;
}
