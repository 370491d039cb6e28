import { baseOf, formsOf } from './english.ts';

/** A word of a statement as it was written, and in the form in which words are compared. */
export interface Word {
  text: string;
  /** In lower case; "am" and "are" are "is". */
  plain: string;
  /** Whether a comma or a bracket stands before the word. */
  isAfterComma: boolean;
}

/** How a statement is denied: "does not", "never", "no longer", "stopped doing", "used to". */
export type Denial = 'not' | 'never' | 'no longer' | 'stopped' | 'used to';

export interface Statement {
  /** Without negations and without words about time and certainty, which do not change the statement. */
  words: readonly Word[];
  /** The outermost denial; undefined for an affirmation, also one by two negations. */
  denial: Denial | undefined;
  /** "did not": the verb is in the past though its form does not show it. */
  isPast: boolean;
  isQuestion: boolean;
  /** "also", "as well": the statement adds to others of its kind. */
  isAddition: boolean;
}

/** Sentences are read up to this length. */
const LONGEST = 1000;

/** Splits an English sentence into words and reads its negations. Other languages are split into words only. */
export function readStatement(text: string): Statement {
  const plain = text
    .slice(0, LONGEST)
    .replaceAll('’', "'")
    .replaceAll(/(\d) %/g, '$1%')
    // The first day of a fact is stored in its dates.
    .replaceAll(/\b(since|as of|effective|starting) [\w ,-]{0,30}\d{4}(-\d\d-\d\d)?/gi, ' ');
  const all = readWords(plain);
  const isAddition = all.some(({ plain: word }, at) => isAdditive(word, all[at + 1]?.plain));
  return { ...readDenial(all.filter(isLasting)), isAddition, isQuestion: /[?？]\s*$/.test(plain) };
}

const isAdditive = (word: string, next: string | undefined) =>
  /^(also|additionally|another|both|sometimes|partly)$/.test(word) ||
  (word === 'too' && next === undefined) ||
  (word === 'as' && next === 'well');

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcan(?:'t|not)\b/gi, 'can not'],
  [/\bwon't\b/gi, 'will not'],
  [/n't\b/gi, ' not'],
  [/\b(i)'m\b/gi, '$1 am'],
  [/\b(we|you|they)'re\b/gi, '$1 are'],
  [/\b(he|she|it|that|there|who)'s\b/gi, '$1 is'],
  [/\b(i|we|you|they)'ve\b/gi, '$1 have'],
];
const BE: Record<string, string> = { am: 'is', are: 'is', were: 'was' };

/** Splits an English text into words: "can't" is "can not", "are" is "is". */
export function readWords(text: string): Word[] {
  const long = CONTRACTIONS.reduce((before, [pattern, words]) => before.replaceAll(pattern, words), text);
  let isAfterComma = false;
  return long.split(/\s+/).flatMap((raw): Word[] => {
    // A sign in front may be a part of the word: #channel, /path, ~/file, @name, $5, -3.
    const word = raw
      .replace(/^[^\p{L}\p{N}\p{S}#@/._-]+/u, '')
      .replace(/(?<![^\p{L}\p{M}\p{N}\p{S}#%/_*])[^\p{L}\p{M}\p{N}\p{S}#%/_*]+$/u, '');
    if (!/[\p{L}\p{N}\p{S}]/u.test(word)) return [];
    const lower = word.toLowerCase();
    const read = { text: word, plain: BE[lower] ?? lower, isAfterComma: isAfterComma || /^[([]/.test(raw) };
    isAfterComma = /[,;:]$/.test(raw);
    return [read];
  });
}

/** Words about time and certainty. */
const PASSING = /^(now|currently|actually|nowadays|today|still|recently|again|please)$/;

function isLasting({ plain }: Word, at: number, all: readonly Word[]): boolean {
  return !PASSING.test(plain) && (plain !== 'instead' || all[at + 1]?.plain === 'of');
}

/** A denial at a place of a sentence, and how many words it takes there. */
interface FoundDenial {
  length: number;
  denial: Denial;
}

function readDenial(all: readonly Word[]): Pick<Statement, 'words' | 'denial' | 'isPast'> {
  const words: Word[] = [];
  let denial: Denial | undefined;
  let isPast = false;
  for (let at = 0; at < all.length; ) {
    const word = all[at] as Word;
    const found = denialAt(all, at);
    if (found !== undefined) {
      denial = denial === undefined ? found.denial : undefined;
      at += found.length;
    } else {
      const isAuxiliary = /^(do|does|did)$/.test(word.plain) && denialAt(all, at + 1) !== undefined;
      if (isAuxiliary) isPast ||= word.plain === 'did';
      else if (!isHaveGot(words.at(-1), word, all[at + 1])) words.push(word);
      at += 1;
    }
  }
  return denial === undefined ? { words, denial, isPast } : withoutEchoes(words, denial, isPast);
}

/** "has got a cat" is "has a cat". */
function isHaveGot(before: Word | undefined, word: Word, next: Word | undefined): boolean {
  return word.plain === 'got' && /^(has|have)$/.test(before?.plain ?? '') && next !== undefined && next.plain !== 'to';
}

function denialAt(all: readonly Word[], at: number): FoundDenial | undefined {
  const [one = '', two = '', three = ''] = all.slice(at, at + 3).map(({ plain }) => plain);
  if (one === 'not') return two === 'only' ? undefined : { length: 1, denial: 'not' };
  if (one === 'never') return { length: 1, denial: 'never' };
  if (one === 'no') {
    if (two === 'longer') return { length: 2, denial: 'no longer' };
    // "No, I live in Rome" answers something else.
    return all[at + 1]?.isAfterComma || two === '' ? undefined : { length: 1, denial: 'not' };
  }
  const isPerfect = /^(has|have|had)$/.test(one);
  const [verb, particle, next] = isPerfect ? [two, three, all[at + 3]?.plain ?? ''] : [one, two, three];
  const skipped = isPerfect ? 1 : 0;
  if (/^(stop|stops|stopped|quit|quits|ceased)$/.test(verb) && /.ing$/.test(particle))
    return { length: skipped + 1, denial: 'stopped' };
  if (/^(gave|given|give|gives)$/.test(verb) && particle === 'up' && /.ing$/.test(next))
    return { length: skipped + 2, denial: 'stopped' };
  // "is used to", "got used to" speak of a habit or a purpose.
  if (one === 'used' && two === 'to' && !/^(is|was|be|been|get|gets|got)$/.test(all[at - 1]?.plain ?? 'is'))
    return { length: 2, denial: 'used to' };
  return undefined;
}

/** Removes the words that only accompany a denial: "not … anymore", "not … yet", "not … at all". */
function withoutEchoes(words: Word[], denial: Denial, isPast: boolean): ReturnType<typeof readDenial> {
  const text = ` ${words.map(({ plain }) => plain).join(' ')} `;
  const echo = / (anymore|any more|any longer|yet|at all) $/.exec(text)?.[1];
  if (echo === undefined) return { words, denial, isPast };
  const kept = words.slice(0, -echo.split(' ').length);
  return { words: kept, denial: denial === 'not' && /^any/.test(echo) ? 'no longer' : denial, isPast };
}

/** Returns whether two words are forms of one word: "speaks" and "speak", "ate" and "eaten". */
export function isSameWord(one: string, other: string): boolean {
  const [stem, otherStem] = [stemOf(one), stemOf(other)];
  if (one === other || stem === otherStem || formsOf(one).includes(other)) return true;
  return stemOf(baseOf(one)) === otherStem || stem === stemOf(baseOf(other));
}

function stemOf(word: string): string {
  if (!/^[a-z]{3,}$/.test(word) || word.endsWith('ss')) return word;
  return word
    .replace(/ies$/, 'y')
    .replace(/(?:ing|ed|es|s)$/, '')
    .replace(/([bdfgklmnprtvz])\1$/, '$1')
    .replace(/e$/, '');
}

/** The forms of these are no tenses. */
const NO_VERB =
  /^(child|man|woman|person|foot|tooth|mouse|goose|life|wife|knife|leaf|half|shelf|wolf|good|bad|far|mom|dad|grandma|grandpa|photo|tv|bike|phone|movie|fridge|plane|favorite|color|center|theater|gray)$/;

/** Returns whether a verb's form is of the past: "worked", "ate". */
export function isPastForm(word: string): boolean {
  if (/..ed$/.test(word) || word === 'was') return true;
  const base = baseOf(word);
  return base !== word && !/(s|ing)$/.test(word) && !NO_VERB.test(base);
}

/** Returns whether two statements have the same words in the same order, in any letter case. */
export function isSameWords(one: readonly Word[], other: readonly Word[]): boolean {
  return one.length > 0 && one.length === other.length && one.every(({ plain }, at) => plain === other[at]?.plain);
}

const CONTINUES =
  /^(and|because|since|so|for|in|on|at|with|without|who|which|that|where|when|as|to|via|by|from|during|every|each|called|named|after|before|until|if|unless|except|but|between|through|under|near|around|daily|weekly|monthly|once|twice)$/;

/** Returns whether a sentence goes on with a new part after so many words: "eats meat on Sundays", not "meat pies". */
export function continues(long: readonly Word[], length: number): boolean {
  const next = long[length];
  return next !== undefined && (next.isAfterComma || CONTINUES.test(next.plain));
}

/** Splits a text into its sentences. "Dr. Lee" and "J. Doe" are no ends of sentences. */
export function sentencesIn(text: string): string[] {
  return text
    .slice(0, LONGEST)
    .split(/(?<!\b(?:mr|mrs|ms|dr|st|prof|jr|sr|no|vs|approx|e\.g|i\.e|\p{L})\.)(?<=[.!;])\s+(?=[\p{Lu}\p{N}])|\n+/iu)
    .filter((sentence) => sentence.trim() !== '');
}
