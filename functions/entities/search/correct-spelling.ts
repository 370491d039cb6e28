import type { Queryable } from '../../platform/database/database.ts';
import { isOrdinary } from '../../platform/language/english.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import { type Correction, findSpellings } from '../sql/spelling.ts';

export type { Correction };

/** What the index of names has keys for: a shorter word is like too many others. */
const A_NAME = /^\p{L}{4,20}$/u;

/**
 * The question as it was probably meant: a name that nothing in the person's memory has stands for those that differ from it by a letter, too, and counts with
 * them as one word. Only names: an ordinary word that is unknown seldom is a misspelling of the one that looks like it ("horse", "house").
 */
export async function correctSpelling(
  queryable: Queryable,
  question: ReadQuestion,
): Promise<{ question: ReadQuestion; corrected: Correction[] }> {
  const own = question.terms.filter(({ weight }) => weight === 1);
  const words = own.flatMap(({ words }) => words.slice(0, 1)).filter((word) => A_NAME.test(word));
  if (words.length === 0) return { question, corrected: [] };
  const found = await findSpellings(queryable, words);
  // A sentence begins with a capital, too.
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
