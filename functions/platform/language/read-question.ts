import { formsOf, QUESTION_WORDS, relatedTo } from './english.ts';

/** A word of the question with all its forms, which count as one. */
interface Term {
  words: string[];
  /** 1 for words of the question, less for related words. */
  weight: number;
}

/** A parsed question, shared by all memories that are searched. */
export interface ReadQuestion {
  text: string;
  /** The words in lower case, in their order. */
  words: string[];
  terms: Term[];
  /** The parts of dates in the question. */
  dates: { months: number[]; years: number[]; days: number[] };
  asksWhen: boolean;
  asksHowMany: boolean;
}

/** Terms as SQL parameters: words, the index of each word's term, and the weight of each term. */
export interface AskedTerms {
  words: readonly string[];
  terms: readonly number[];
  weights: readonly number[];
}

/** Converts the terms of a question to SQL parameters. */
export function askedTerms({ terms }: ReadQuestion): AskedTerms {
  return {
    words: terms.flatMap(({ words }) => words),
    terms: terms.flatMap(({ words }, index) => words.map(() => index)),
    weights: terms.map(({ weight }) => weight),
  };
}

/** The weight of related words. */
const RELATED_WEIGHT = 0.2;
/** A question may be a long task, whose first words are enough. */
const MOST_TERMS = 64;

const ASKS_WHEN =
  /\b(?:when|(?:what|which) (?:date|day|week|month|year|time)|how long|how many (?:days|weeks|months|years))\b/i;
const ASKS_HOW_MANY = /\bhow (?:many|much|often)\b/i;

/** Parses a question into weighted terms, dates and the kind of answer. */
export function readQuestion(text: string): ReadQuestion {
  const words = (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}\p{M}']+/gu) ?? []
  )
    .map((word) => word.replace(/'s$/, '').replaceAll("'", ''))
    .filter((word) => word !== '');
  const telling = [...new Set(words.filter((word) => !QUESTION_WORDS.has(word)))].slice(0, MOST_TERMS);
  // A question that has only question words is searched with them.
  const asked = telling.length > 0 ? telling : [...new Set(words)].slice(0, MOST_TERMS);
  return {
    text,
    words,
    terms: withRelated(asked),
    dates: datesIn(text),
    asksWhen: ASKS_WHEN.test(text),
    asksHowMany: ASKS_HOW_MANY.test(text),
  };
}

/**
 * Returns the terms of the words and then of their related words, so that a word of the question is never counted as a
 * related word.
 */
function withRelated(words: readonly string[]): Term[] {
  const taken = new Set<string>();
  const take = (wanted: readonly string[], weight: number): Term[] => {
    const fresh = wanted.filter((word) => !taken.has(word));
    for (const word of fresh) taken.add(word);
    return fresh.length === 0 ? [] : [{ words: fresh, weight }];
  };
  const own = words.flatMap((word) => (taken.has(word) ? [] : take(formsOf(word), 1)));
  const related = words.flatMap((word) => take(relatedTo(word), RELATED_WEIGHT));
  return [...own, ...related];
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/**
 * Finds parts of dates. "May" is a month only with a capital letter and not at the beginning. A number is a day only
 * with a month or year.
 */
function datesIn(text: string): ReadQuestion['dates'] {
  const lower = text.toLowerCase();
  const months = MONTHS.flatMap((month, index) => {
    const isThere = month === 'may' ? /.\bMay\b/.test(text) : new RegExp(`\\b${month}\\b`).test(lower);
    return isThere ? [index + 1] : [];
  });
  const years = [...lower.matchAll(/\b(?:19|20)\d\d\b/g)].map(([year]) => Number(year));
  if (months.length === 0 && years.length === 0) return { months, years, days: [] };
  const days = [...lower.matchAll(/\b(\d{1,2})(?:st|nd|rd|th)?\b/g)].map(([, day]) => Number(day));
  return { months, years, days: days.filter((day) => day >= 1 && day <= 31) };
}
