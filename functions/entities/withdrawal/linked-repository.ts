import type { Transaction } from '../../platform/database/database.ts';
import { findLink, updateLinkEnded } from '../sql/memory-link.ts';

/**
 * Ends the link of the transaction's person's memory to a repository elsewhere, before its history is made anew: what was pushed there is another history from
 * then on, and must not come back by the next fetch. Answers what it was linked to, so that the person can erase it there; null where it was linked to nothing.
 */
export async function endLinkedRepository(transaction: Transaction): Promise<string | null> {
  const link = await findLink(transaction);
  const wasLinked = await updateLinkEnded(
    transaction,
    'A source was erased here, and its history made anew. The linked repository still has the old one: erase it there, then link an empty one.',
  );
  return wasLinked ? (link?.repo_url ?? null) : null;
}
