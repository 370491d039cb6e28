import { isCaseCorrected } from './letter-case.ts';
import { answerOf } from './read-answer.ts';
import { isPastForm, isSameWord, isSameWords, type Word } from './read-statement.ts';
import { isCapital, readValue } from './value-kind.ts';

/** How a new fact relates to a known fact of the same scope. */
export type Relation = 'repeat' | 'refine' | 'contradict';

export interface Finding {
  relation: Relation;
  reason: string;
}

/** Compares two answers to a question that has one answer at a time. */
export function compareAnswers(fresh: readonly Word[], known: readonly Word[]): Finding | undefined {
  const [answer, before] = [answerOf(fresh), answerOf(known)];
  if (answer === undefined || before === undefined || answer.question !== before.question) return undefined;
  const [value, other] = [answer.value, before.value];
  if (!areAlike(value.kind, other.kind)) return undefined;
  const reason = `Both say "${answer.question}".`;
  if (isSameWords(value.words, other.words)) {
    if (isCaseCorrected(fresh, known)) return { relation: 'contradict', reason };
    if (value.tail.length > 0 && other.tail.length > 0) return undefined;
    return { relation: value.tail.length > 0 ? 'refine' : 'repeat', reason };
  }
  if (isEarlier(value.tail, other.tail) || saysMore(other.tail)) return undefined;
  const isMoreOf = (long: readonly Word[], short: readonly Word[]) =>
    long.length > short.length &&
    short.every(({ plain }, at) => long[at]?.plain === plain && isCapital(long[at] as Word));
  if (isMoreOf(value.words, other.words)) return { relation: 'refine', reason };
  if (isMoreOf(other.words, value.words)) return { relation: 'repeat', reason };
  return { relation: 'contradict', reason };
}

/** A name may be written without a capital letter, so that it looks like a word. */
function areAlike(one: string, other: string): boolean {
  const named = /^(name|word)$/;
  return one === other || (named.test(one) && named.test(other));
}

/** "moved to Leeds in 2015" says nothing about a later home. */
function isEarlier(fresh: readonly Word[], known: readonly Word[]): boolean {
  const yearOf = (words: readonly Word[]) => words.find(({ plain }) => /^(19|20)\d\d$/.test(plain))?.plain;
  const [year, before] = [yearOf(fresh), yearOf(known)];
  return year !== undefined && (before === undefined || year <= before);
}

/** What a known fact says besides its answer would be lost with it. */
function saysMore(tail: readonly Word[]): boolean {
  return tail.length > 6 || tail.some(({ plain }) => /^(is|was|has|have|will|can|must)$/.test(plain));
}

/** Verbs of a state or habit, whose number or time is one at a time. Events ("sold 5 cars") may all be true. */
const MEASURING =
  /^(costs?|weighs?|earns?|pays?|takes?|lasts?|measures?|runs?|uses?|needs?|requires?|allows?|holds?|contains?|opens?|closes?|starts?|begins?|ends?|leaves?|arrives?|departs?|expires?|sleeps?|gets? up|wakes? up|goe?s? to bed|retires?)$/;
const OWNING = /^(has|have|owns?|employs?)$/;
/** May stand between them and a count. After a noun a number is a name: "owns boat 1" and "owns boat 2". */
const BEFORE_COUNT =
  /^(now|only|just|about|around|roughly|exactly|currently|over|under|almost|nearly|at|least|most|total|of)$/;

/** Compares two sentences that differ in one number, date or time: "costs 9 a month", "opens at 10". */
export function compareNumbers(fresh: readonly Word[], known: readonly Word[]): Finding | undefined {
  if (fresh.length !== known.length) return undefined;
  const places = fresh.flatMap(({ plain }, at) => (isSameWord(plain, known[at]?.plain ?? '') ? [] : [at]));
  const [at] = places;
  if (at === undefined || places.length > 1) return undefined;
  const before = fresh.slice(0, at).map(({ plain }) => plain);
  const [value, other] = [fresh, known].map((words) => readValue(words.slice(at, at + 1)));
  if (value === undefined || !value.isExact || value.kind !== other?.kind) return undefined;
  const verb = before.findIndex((_, index) => isMeasure(before.slice(0, index + 1)));
  const isCount = value.kind === 'number ' && !/^(at|on|in|by|from|until|to)$/.test(before.at(-1) ?? '');
  const owner = isCount
    ? before.findIndex(
        (word, index) => OWNING.test(word) && before.slice(index + 1).every((next) => BEFORE_COUNT.test(next)),
      )
    : -1;
  const start = Math.max(verb, owner);
  if (start < 1 || UNSURE.test(before.slice(0, start).join(' ')) || REPEATED.test(before[start - 1] ?? ''))
    return undefined;
  if (before.slice(start).some((word) => /^(an?|another)$/.test(word)) || fresh.some(({ plain }) => isPastForm(plain)))
    return undefined;
  return { relation: 'contradict', reason: `Both say "${before.join(' ')}".` };
}

const UNSURE =
  /^(an?|one|another|some|it|he|she|they|this|that|there)\b|\b(if|when|would|could|might|may|want|wants|plan|plans)\b/;
const REPEATED = /^(bus|train|tram|ferry|shuttle|metro|boat|shift|class|lesson)$/;
const isMeasure = (words: readonly string[]) =>
  MEASURING.test(words.at(-1) ?? '') ||
  MEASURING.test(words.slice(-2).join(' ')) ||
  MEASURING.test(words.slice(-3).join(' '));
