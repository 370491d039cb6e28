import type { Scoped, Transaction } from '../../platform/database/database.ts';
import { ChangeConflict } from '../branch/apply-change-set.ts';
import { type Conflict, conflictOf } from '../ingest/commit-staged.ts';
import { findConsolidation } from '../sql/memory-consolidation.ts';
import type { Owner } from '../sql/memory-object.ts';
import { type Consolidation, consolidationView } from './consolidation.ts';

const NOT_DONE = 'What was changed since contradicts it; nothing was committed.';

/** Does something with a consolidation of the caller's in one transaction and answers it as it is then, or the conflict that forbids it; nothing is written in that case. */
export async function settleConsolidation(
  scoped: Scoped,
  id: string,
  settle: (transaction: Transaction, owner: Owner, id: string) => Promise<void>,
): Promise<{ view: Consolidation } | { conflict: Conflict }> {
  try {
    await scoped.transaction(async (transaction, caller) => {
      if (caller === undefined) throw new Error('A transaction of a caller has no caller');
      await settle(transaction, caller, id);
    });
  } catch (error) {
    if (!(error instanceof ChangeConflict)) throw error;
    return { conflict: conflictOf(error, NOT_DONE) };
  }
  const row = await findConsolidation(scoped, { id });
  if (row === undefined) throw new Error('A consolidation that was just settled is not there');
  return { view: await consolidationView(scoped, row) };
}
