import type { Queryable } from '../../platform/database/database.ts';

/** A word of a question that the memory does not know, and a name in it that differs by a letter. */
export interface Correction {
  word: string;
  name: string;
}

/**
 * Names that the queryable's person may see, for those of these words that nothing of his memory has; two for each at most, the likelier first. Goes through the
 * definer function `find_spellings`, which takes tenant and person from the transaction.
 */
export async function findSpellings(queryable: Queryable, words: readonly string[]): Promise<Correction[]> {
  return queryable.query<Correction>({
    name: 'find_spellings',
    text: 'select word, name from find_spellings($1)',
    values: [words],
  });
}
