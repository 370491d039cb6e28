import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { FACT_CONFIDENCE, reinforce } from '../confidence.ts';
import type { Memory } from '../memory.ts';
import { insertEvidence, updateMemoryConfidence } from '../sql/memory-history.ts';
import { lockScopes } from '../sql/memory-statement.ts';
import { findOwnFact } from './find-own-fact.ts';

/**
 * Records that a user confirms one of their facts that are true now: a repetition by a person, which reinforces it as
 * every other one does and makes it fresh. Whether the fact is trusted does not change; that is for proposals.
 * @throws Problem 404, 403 for another user's fact, 409 for one that is not true now
 */
export async function confirmFact(
  transaction: Transaction,
  { userId, id }: { userId: string; id: string },
): Promise<Memory> {
  const { scope, scope_id: scopeId } = await findOwnFact(transaction, userId, id);
  await lockScopes(transaction, [{ scope, scopeId }]);
  const { confidence, valid_from: from, valid_to: to } = await findOwnFact(transaction, userId, id);
  const now = Date.now();
  if (Date.parse(from) > now || (to !== null && Date.parse(to) <= now))
    throw new Problem('conflict', 'This fact is not true now: a newer fact replaced it, or it is a plan.');
  const after = reinforce(confidence, FACT_CONFIDENCE);
  await insertEvidence(transaction, {
    memoryId: id,
    action: 'reinforced',
    reason: 'Confirmed by hand: still true.',
    sourceKind: 'person',
    author: userId,
    confidenceBefore: confidence,
    confidenceAfter: after,
  });
  await updateMemoryConfidence(transaction, id, after);
  return findOwnFact(transaction, userId, id);
}
