import { z } from 'zod';
import { compareByRules } from '../compare-by-rules.ts';
import { isQuestion, splitSentences } from '../sentences.ts';
import type { Calibration } from './calibrations.ts';
import { type ClaimComparison, compareClaims } from './compare-claims.ts';
import { NUMBERS } from './lexicon.ts';
import { plainNumbers } from './plain-numbers.ts';
import { type Claim, readClaim } from './read-claim.ts';

/** What two statements are to each other, whatever their similarity. */
export const Stance = z.enum(['agree', 'deny', 'unrelated']);
export type Stance = z.infer<typeof Stance>;

export interface Relation {
  relation: Stance;
  /** 0 to 1. Below a threshold the statements are not about the same, and the relation does not count. */
  similarity: number;
  /** Shown to users who ask why. */
  reason: string;
}

/** A statement, read once for all comparisons with it. */
export interface ReadStatement {
  /** With digits for the words of numbers. */
  text: string;
  whole: Claim;
  sentences: readonly Claim[];
  /** Whether the text is longer than what is read. */
  isCut: boolean;
  isQuestion: boolean;
}

/** Of a long statement these are read. */
const MOST_SENTENCES = 12;
const LONGEST = 2000;

export function readForComparison(text: string): ReadStatement {
  const all = splitSentences(text.slice(0, LONGEST));
  const sentences = all.slice(0, MOST_SENTENCES);
  const whole = readClaim(sentences.join(' '));
  return {
    text: plainNumbers(text).replaceAll(/[a-z]+/gi, (word) => NUMBERS[word.toLowerCase()] ?? word),
    whole,
    sentences: sentences.length > 1 ? sentences.map(readClaim) : [whole],
    isCut: text.length > LONGEST || all.length > MOST_SENTENCES,
    isQuestion: sentences.length > 0 && sentences.every(isQuestion),
  };
}

/**
 * Relates two statements by rules. The similarity is the cosine of the vectors and the share of common words, weighted
 * as the calibration says. The relation follows from the words:
 *
 * - The rules of facts come first ({@link compareByRules}): they decide only where the words leave little doubt.
 * - Claims that are alike but for words in the same places are about different things, so they are unrelated.
 * - Claims deny each other when their negations, opposites and changed sides of a comparison are odd in number, or when
 *   they give different numbers of one unit. Only negations of words that both claims have are counted.
 * - All other claims agree.
 */
export function relateByRules(one: ReadStatement, other: ReadStatement, cosine: number, scale: Calibration): Relation {
  const whole = compareClaims(one.whole, other.whole);
  const similarity = similarityOf(cosine, whole.overlap, scale);
  if (one.isQuestion || other.isQuestion)
    return { relation: 'unrelated', similarity, reason: 'A question claims nothing.' };
  const known =
    compareByRules(one.text, { id: '', text: other.text }) ?? compareByRules(other.text, { id: '', text: one.text });
  if (known?.relation === 'contradict') return { relation: 'deny', similarity, reason: known.reason };
  if (known?.relation === 'repeat') return { relation: 'agree', similarity, reason: known.reason };
  const compared = one.sentences.length + other.sentences.length > 2 ? compareSentences(one, other) : whole;
  if (compared?.isOtherSubject) return { relation: 'unrelated', similarity, reason: 'They speak of different things.' };
  if (compared?.denial !== undefined) return { relation: 'deny', similarity, reason: compared.denial };
  return { relation: 'agree', similarity, reason: sharedWords(whole.shared) };
}

/** Returns the similarity of two statements, 0 to 1, from their cosine and their share of common words. */
export function similarityOf(cosine: number, overlap: number, { cosineWeight }: Calibration): number {
  return Math.min(1, Math.max(0, cosineWeight * cosine + (1 - cosineWeight) * overlap));
}

/** Two sentences of longer statements are about the same from this share of common words on. */
const SAME_SENTENCE = 0.5;

/** Returns the first denial among the sentences that are about the same; else the comparison of the nearest of them. */
function compareSentences(one: ReadStatement, other: ReadStatement): ClaimComparison | undefined {
  const near = one.sentences
    .flatMap((sentence) => other.sentences.map((candidate) => compareClaims(sentence, candidate)))
    .filter(({ overlap, isOtherSubject }) => overlap >= SAME_SENTENCE && !isOtherSubject)
    .sort((first, second) => second.overlap - first.overlap);
  return near.find(({ denial }) => denial !== undefined) ?? near[0];
}

const MOST_WORDS = 6;

function sharedWords(words: readonly string[]): string {
  return words.length === 0 ? 'Their vectors are near.' : `Both speak of ${words.slice(0, MOST_WORDS).join(', ')}.`;
}
