import type { Queryable } from '../../platform/database/database.ts';
import { isOrdinary } from '../../platform/language/english.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import { type Correction, findSpellings } from '../sql/search.ts';

export type { Correction };

/** Matches words that the index of names has keys for. Shorter words are similar to too many names. */
const A_NAME = /^\p{L}{4,20}$/u;

/**
 * Adds similar names to the question: a name that does not occur in the user's memory also stands for the names that
 * differ by one letter, and counts with them as one word. Only names are corrected, because an unknown ordinary word is
 * rarely a misspelling of a similar one ("horse", "house").
 */
export async function correctSpelling(
  queryable: Queryable,
  question: ReadQuestion,
): Promise<{ question: ReadQuestion; corrected: Correction[] }> {
  const own = question.terms.filter(({ weight }) => weight === 1);
  const words = own.flatMap(({ words }) => words.slice(0, 1)).filter((word) => A_NAME.test(word));
  if (words.length === 0) return { question, corrected: [] };
  const found = await findSpellings(queryable, words);
  // The first word of a sentence is capitalised without being a name.
  const corrected = found.filter(({ name }) => !isOrdinary(name));
  if (corrected.length === 0) return { question, corrected };
  const namesOf = (term: ReadQuestion['terms'][number]) =>
    term.weight === 1 ? corrected.filter(({ word }) => word === term.words[0]).map(({ name }) => name) : [];
  const terms = question.terms.map((term) => ({ ...term, words: [...term.words, ...namesOf(term)] }));
  return {
    question: { ...question, words: [...question.words, ...corrected.map(({ name }) => name)], terms },
    corrected,
  };
}
