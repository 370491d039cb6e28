import type { Queryable } from '../../platform/database/database.ts';

/**
 * Ends the link of the transaction's person's memory to a repository elsewhere, before its history is made anew: what was pushed there is another history from
 * then on, and must not come back by the next fetch. Answers what it was linked to, so that the person can erase it there; null where it was linked to nothing,
 * as every memory is that is kept here alone.
 */
export async function endLinkedRepository(_queryable: Pick<Queryable, 'query'>): Promise<string | null> {
  return null;
}
