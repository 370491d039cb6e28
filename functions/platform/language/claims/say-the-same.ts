import { z } from 'zod';
import { compareByRules } from '../compare-by-rules.ts';
import { isSameWords, readWords } from '../read-statement.ts';
import { areApart } from './are-apart.ts';
import type { Calibration } from './calibrations.ts';
import { compareClaims } from './compare-claims.ts';
import { type ReadStatement, relateByRules, similarityOf } from './relate.ts';

/** How two statements that say the same differ: only in signs and letter case, or in their words. */
export const Sameness = z.enum(['same_words', 'reworded']);
export type Sameness = z.infer<typeof Sameness>;

/**
 * Returns how two statements say the same, so that one of them can replace the other; undefined when it cannot. It asks
 * for more than agreement ({@link relateByRules}): a statement that adds something agrees with the shorter one, and so
 * may one about something else that the other does not name ({@link areApart}). Rather misses a pair than proposes a
 * wrong one.
 */
export function sayTheSame(
  one: ReadStatement,
  other: ReadStatement,
  cosine: number,
  scale: Calibration,
): Sameness | undefined {
  // Most pairs end here: the rules of facts cost more.
  const { overlap, isOtherSubject, denial } = compareClaims(one.whole, other.whole);
  if (similarityOf(cosine, overlap, scale) < scale.threshold) return undefined;
  const areShort = one.sentences.length + other.sentences.length === 2;
  if (areShort && (isOtherSubject || denial !== undefined)) return undefined;
  if (areApart(one.whole, other.whole)) return undefined;
  if (relateByRules(one, other, cosine, scale).relation !== 'agree') return undefined;
  if (isSameWords(readWords(one.text), readWords(other.text))) return 'same_words';
  // The end of a longer statement was not read.
  if (one.isCut || other.isCut || refines(one, other) || refines(other, one)) return undefined;
  return areShort || (hasAllOf(one, other) && hasAllOf(other, one)) ? 'reworded' : undefined;
}

const refines = (one: ReadStatement, other: ReadStatement) =>
  compareByRules(one.text, { id: '', text: other.text })?.relation === 'refine';

/** Two sentences of longer statements claim the same from this share of common words on. */
const SAME_SENTENCE = 0.5;

/** Returns whether the other statement has each sentence of one. */
function hasAllOf(one: ReadStatement, other: ReadStatement): boolean {
  return one.sentences.every((sentence) =>
    other.sentences.some((candidate) => {
      const { overlap, isOtherSubject, denial } = compareClaims(sentence, candidate);
      return overlap >= SAME_SENTENCE && !isOtherSubject && denial === undefined;
    }),
  );
}
