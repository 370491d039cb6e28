import { formsOf, QUESTION_WORDS, relatedTo } from './english.ts';

/** A word of the question in all its forms, which count as one. */
export interface Term {
  words: string[];
  /** 1 for the question's own words, less for words that stand for one of them. */
  weight: number;
}

/** A question as a search reads it; the same for every memory that is asked. */
export interface ReadQuestion {
  text: string;
  /** Its words, lower-cased, in their order. */
  words: string[];
  terms: Term[];
  /** Parts of dates that it names. */
  dates: { months: number[]; years: number[]; days: number[] };
  asksWhen: boolean;
  asksHowMany: boolean;
}

/** Terms as the database takes them: surface words, the term that each belongs to, and the weight of each term. */
export interface AskedTerms {
  words: readonly string[];
  terms: readonly number[];
  weights: readonly number[];
}

export function askedTerms({ terms }: ReadQuestion): AskedTerms {
  return {
    words: terms.flatMap(({ words }) => words),
    terms: terms.flatMap(({ words }, index) => words.map(() => index)),
    weights: terms.map(({ weight }) => weight),
  };
}

/** What is looked for by words that stand for one of the question's. */
const RELATED_WEIGHT = 0.2;
/** A task as a question may be long: what it is about is said by its first words as well. */
const MOST_TERMS = 64;

const ASKS_WHEN =
  /\b(?:when|(?:what|which) (?:date|day|week|month|year|time)|how long|how many (?:days|weeks|months|years))\b/i;
const ASKS_HOW_MANY = /\bhow (?:many|much|often)\b/i;

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
  // A question of such words alone is searched for all the same.
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

/** The words' terms first: a word that is asked for counts as itself, not as one that stands for another. */
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

/** "May" is a month only with its capital and not at the beginning; a number is a day only beside a month or a year. */
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
