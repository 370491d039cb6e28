import type { Transaction } from '../../platform/database/database.ts';
import { updateLinkEnded } from '../sql/memory-link.ts';

/**
 * Ends the link of the transaction's person, if he has one, for a reason that the status then shows: the token is destroyed, the last report with the texts in it goes,
 * and a sync that goes on can write nothing more. For whoever rewrites the branch: the next sync would bring back from the remote what was taken away here. What the
 * remote has, it keeps; only its owner can rewrite it. False when there is no link.
 * @param reason a sentence for the person; no text of a file
 */
export function endLink(transaction: Transaction, reason: string): Promise<boolean> {
  return updateLinkEnded(transaction, reason);
}
