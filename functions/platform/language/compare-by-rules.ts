import { compareAnswers, compareNumbers, type Finding, type Relation } from './compare-answers.ts';
import { contradictsDenial, isOpposite, isReplaced, isSameDenial } from './compare-denials.ts';
import { isCaseCorrected } from './letter-case.ts';
import { otherWordsFor } from './read-answer.ts';
import {
  continues,
  isSameWord,
  isSameWords,
  readStatement,
  type Statement,
  sentencesIn,
  type Word,
} from './read-statement.ts';

export interface Verdict {
  /** The id of the known fact. */
  id: string;
  relation: Relation;
  /** Stored with the result, for users who ask why. */
  reason: string;
}

/**
 * Compares two sentences without a model. It decides only when the words leave little doubt, because a wrong
 * contradiction would retire a true fact:
 *
 * - The same words are a repetition. Another letter case of an identifier is a contradiction, since the newer corrects
 *   it.
 * - The same words of which one sentence denies what the other says are a contradiction: "eats", "no longer eats".
 * - A sentence that continues the other is a refinement.
 * - Two answers to a question that has one answer at a time (a home, a deadline, a port) are a contradiction, if both
 *   values are of one kind: a date and a date, a number and a number of the same unit, a name and a name.
 *
 * Returns undefined when the words show no relation.
 */
export function compareByRules(fresh: string, known: { id: string; text: string }): Verdict | undefined {
  const found = compareTexts(withoutLabel(fresh), withoutLabel(known.text));
  return found === undefined ? undefined : { id: known.id, ...found };
}

/** "Correction: the port is 81" is compared as "the port is 81". */
function withoutLabel(text: string): string {
  return text.replace(/^\s*(?:correction|corrected|update|updated|new)\s*[:–—-]\s+(?=\S)/i, '');
}

/** Of several new sentences each may contradict the known one. A known text of several sentences is not retired. */
function compareTexts(fresh: string, known: string): Finding | undefined {
  const [{ statement: one, sentences }, { statement: other, sentences: before }] = [read(fresh), read(known)];
  if (sentences.length === 1 && before.length === 1) return compare(one, other);
  if (isSameWords(one.words, other.words)) return one.denial === other.denial ? sameWords(one, other) : undefined;
  const byLength = extension(one.words, other.words);
  if (byLength !== undefined) return { relation: byLength, reason: 'The same words.' };
  if (before.length > 1) return undefined;
  return sentences
    .map((sentence) => compare(read(sentence).statement, other))
    .find((finding) => finding?.relation === 'contradict');
}

interface ReadText {
  statement: Statement;
  sentences: readonly string[];
}

/** The texts that were read last: two files are compared sentence by sentence, each with every other. */
const lastRead = new Map<string, ReadText>();
const MOST_READ = 256;

function read(text: string): ReadText {
  const known = lastRead.get(text);
  if (known !== undefined) return known;
  const fresh = { statement: readStatement(text), sentences: sentencesIn(text) };
  const [oldest] = lastRead.keys();
  if (lastRead.size >= MOST_READ && oldest !== undefined) lastRead.delete(oldest);
  lastRead.set(text, fresh);
  return fresh;
}

const UNTELLING = /^(an?|the|any|some|no|always|can|new|current|present)$/;

/** Statements that are about the same begin with the same word. It saves the work for most pairs. */
function beginAlike(one: Statement, other: Statement): boolean {
  const [first, second] = [one, other].map(({ words }) => words.find(({ plain }) => !UNTELLING.test(plain))?.plain);
  return first !== undefined && second !== undefined && isSameWord(first, second);
}

function compare(fresh: Statement, known: Statement): Finding | undefined {
  if (!beginAlike(fresh, known)) return undefined;
  if (fresh.isQuestion !== known.isQuestion) return undefined;
  const isDenial = (fresh.denial === undefined) !== (known.denial === undefined);
  if (!isDenial && fresh.isPast === known.isPast && isSameWords(fresh.words, known.words))
    return sameWords(fresh, known);
  if (fresh.isQuestion) return undefined;
  if (isDenial) return contradictsDenial(fresh, known) ? DENIED : undefined;
  if (fresh.denial !== undefined && known.denial !== undefined)
    return isSameDenial(fresh, known) ? { relation: 'repeat', reason: 'Both deny the same.' } : undefined;
  if (isOpposite(fresh.words, known.words))
    return { relation: 'contradict', reason: 'One says the opposite of the other.' };
  if (isReplaced(fresh.words, known.words)) return { relation: 'contradict', reason: 'The new fact replaces it.' };
  const byLength = extension(fresh.words, known.words);
  if (byLength !== undefined) return { relation: byLength, reason: 'The same words.' };
  if (fresh.isAddition || known.isAddition) return undefined;
  return compareAnswers(fresh.words, known.words) ?? compareNumbers(fresh.words, known.words);
}

const DENIED: Finding = { relation: 'contradict', reason: 'One says what the other denies.' };

function sameWords(fresh: Statement, known: Statement): Finding | undefined {
  if (isCaseCorrected(fresh.words, known.words))
    return { relation: 'contradict', reason: 'The same words in another letter case.' };
  // "no longer" and "used to" tell different things about the past.
  if ((fresh.denial === 'used to') !== (known.denial === 'used to')) return undefined;
  return { relation: 'repeat', reason: 'The same words.' };
}

/** With fewer words a common beginning may be a coincidence. */
const FEWEST_WORDS = 4;

/**
 * Returns `refine` when the new words continue the known words, and `repeat` when the known words continue the new
 * ones.
 */
function extension(fresh: readonly Word[], known: readonly Word[]): Relation | undefined {
  const begins = (long: readonly Word[], short: readonly Word[]) =>
    short.length >= FEWEST_WORDS &&
    continues(long, short.length) &&
    short.every(({ plain }, at) => long[at]?.plain === plain);
  if (begins(fresh, known)) return 'refine';
  return begins(known, fresh) ? 'repeat' : undefined;
}

/**
 * Adds words with which the same question may have been answered before, so that a word search finds it: "moved to"
 * finds "lives in".
 */
export function wordsToLookFor(text: string): string {
  const others = otherWordsFor(readStatement(text).words);
  return others === '' ? text : `${others} ${text}`;
}
