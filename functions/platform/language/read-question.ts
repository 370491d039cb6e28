import { formsOf, QUESTION_WORDS, relatedTo } from './english.ts';
import { foldWords, spellingsOf } from './fold.ts';
import { isStopWord, LANGUAGES, type Language, languageOf } from './stop-words.ts';
import { lastQuestionOf, weightedWords, wordsOf } from './words.ts';

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
  /** The languages that the question may be in, for the stemmers; the likeliest first. */
  languages: readonly Language[];
  /** The parts of dates in the question. */
  dates: { months: number[]; years: number[]; days: number[] };
  asksWhen: boolean;
  asksHowMany: boolean;
}

/** Terms as SQL parameters: words, the index of each word's term, the weight of each term, and the languages. */
export interface AskedTerms {
  words: readonly string[];
  terms: readonly number[];
  weights: readonly number[];
  languages: readonly string[];
}

/** Converts the terms of a question to SQL parameters. */
export function askedTerms({ terms, languages }: ReadQuestion): AskedTerms {
  return {
    words: terms.flatMap(({ words }) => words),
    terms: terms.flatMap(({ words }, index) => words.map(() => index)),
    weights: terms.map(({ weight }) => weight),
    languages,
  };
}

/** The weight of related words, of beginnings of words and of single characters. */
const RELATED_WEIGHT = 0.2;
const BEGINNING_WEIGHT = 0.3;
const CHARACTER_WEIGHT = 0.3;
/** A question may be a whole task or conversation. Half as many words are taken from its beginning as from its end. */
const MOST_TERMS = 64;
/** With more words than this around its last question, a text is a conversation. */
const LONG_QUESTION = 8;
const AROUND_WEIGHT = 0.25;

const ASKS_WHEN =
  /\b(?:when|(?:what|which) (?:date|day|week|month|year|time)|how long|how many (?:days|weeks|months|years))\b/i;
const ASKS_HOW_MANY = /\bhow (?:many|much|often)\b/i;

/**
 * Polite ends of Japanese and Korean questions. Without spaces their pairs of characters would count as words, and find
 * every other question.
 */
const POLITE_END =
  /(?<=[\u3041-\u9fff])(?:ます|ました|ませんでした|ません|です|でした|でしょう)(?:か|かね|かな|っけ|よね)?(?=\s*(?:[?？。！!]|$))|(?<=[\uac00-\ud7a3])(?:습니까|입니까|인가요|나요|까요)(?=\s*(?:[?？.!]|$))/gu;

/** Parses a question into weighted terms, dates and the kind of answer. */
export function readQuestion(text: string): ReadQuestion {
  const words = wordsOf(text.replaceAll(POLITE_END, ''));
  const last = wordsOf(lastQuestionOf(text).replaceAll(POLITE_END, ''));
  const language = languageOf(last) ?? languageOf(words);
  const isEnglish = language === undefined || language === 'english';
  const isTelling = (word: string) => !(isEnglish ? QUESTION_WORDS.has(word) : isStopWord(word, language));
  const telling = words.filter(isTelling);
  const lastTelling = last.filter((word) => isTelling(word) && !isStopWord(word, language ?? 'english'));
  // A question that has only question words is searched with them.
  const asked = mostTelling(telling.length > 0 ? telling : words, lastTelling);
  return {
    text,
    words: [...new Set(words.map(foldWords))],
    terms: termsOf(asked, isEnglish, language === 'english'),
    languages: languagesOf(language),
    dates: datesIn(text),
    asksWhen: ASKS_WHEN.test(text),
    asksHowMany: ASKS_HOW_MANY.test(text),
  };
}

/** Stored texts have the stems of English and of their own language. */
function languagesOf(language: Language | undefined): Language[] {
  if (language === undefined) return [...LANGUAGES];
  return language === 'english' ? ['english'] : [language, 'english'];
}

interface AskedWord {
  word: string;
  isWhole: boolean;
  weight: number;
}

/**
 * Chooses the words of a long text: those of its last question, then of its beginning and its end. In a text that is
 * more than a sentence, the other words count less than those of the last question.
 */
function mostTelling(words: readonly string[], last: readonly string[]): AskedWord[] {
  const own = new Set(last);
  const isLong = own.size >= 2 && new Set(words).size - own.size > LONG_QUESTION;
  const weigh = (list: readonly string[]) =>
    weightedWords(list).map((asked) => ({ ...asked, weight: isLong && !own.has(asked.word) ? AROUND_WEIGHT : 1 }));
  if (new Set(words).size <= MOST_TERMS) return weigh(words);
  const chosen = new Set([...own].slice(-MOST_TERMS / 2));
  const fill = (list: readonly string[], most: number) => {
    for (const word of list) if (chosen.size < most) chosen.add(word);
  };
  fill(words, chosen.size + Math.floor((MOST_TERMS - chosen.size) / 3));
  fill(words.toReversed(), MOST_TERMS);
  return weigh(words.filter((word) => chosen.has(word)));
}

/**
 * Returns the terms of the words, then of related words and beginnings, so that a word of the question is never counted
 * as one of those.
 */
function termsOf(asked: readonly AskedWord[], hasForms: boolean, isEnglish: boolean): Term[] {
  const taken = new Set<string>();
  const take = (wanted: readonly string[], weight: number): Term[] => {
    const fresh = wanted.filter((word) => !taken.has(word));
    for (const word of fresh) taken.add(word);
    return fresh.length === 0 ? [] : [{ words: fresh, weight }];
  };
  const byWeight = asked.filter(({ isWhole }) => isWhole).toSorted((one, other) => other.weight - one.weight);
  const whole = byWeight.map(({ word }) => word);
  const own = byWeight.flatMap(({ word, weight }) =>
    taken.has(word) ? [] : take([...(hasForms ? formsOf(word) : [word]), ...spellingsOf(word)], weight),
  );
  const related = hasForms ? whole.flatMap((word) => take(relatedTo(word), RELATED_WEIGHT)) : [];
  const beginnings = isEnglish ? [] : whole.flatMap((word) => take(beginningOf(word), BEGINNING_WEIGHT));
  const characters = asked.filter(({ isWhole }) => !isWhole).flatMap(({ word }) => take([word], CHARACTER_WEIGHT));
  return [...own, ...related, ...beginnings, ...characters];
}

/** Returns the lexeme that memory_lexemes.sql stores for words with this beginning. */
function beginningOf(word: string): string[] {
  const [, beginning] = /^(\D.{3})/su.exec(foldWords(word)) ?? [];
  return beginning === undefined ? [] : [`0${beginning}`];
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
