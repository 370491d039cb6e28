import { baseOf } from '../english.ts';
import { readWords, type Word } from '../read-statement.ts';
import { isStopWord, languageOf } from '../stop-words.ts';
import {
  CLAUSE_STARTS,
  DENYING_VERBS,
  FILLERS,
  FOREIGN_NEGATORS,
  groupsOfWords,
  NEGATORS,
  opposites,
  SPELLINGS,
} from './lexicon.ts';
import { plainNumbers } from './plain-numbers.ts';

/** A word that carries content, with what it is compared by. */
export interface ContentWord {
  text: string;
  /** Without inflection: "deploy" for "deployments". */
  stem: string;
  /** The groups of like words that it belongs to. */
  groups: ReadonlySet<string>;
  /** The pairs of opposites that it belongs to, and on which side: 1 or -1. */
  sides: ReadonlyMap<string, number>;
  /** Its place among all words of the sentence. */
  place: number;
  /** The preposition that leads to it, "in" of "in the old depot"; undefined without one. */
  lead: string | undefined;
  /** A number with the unit that it counts, "30 second"; undefined for other words. */
  unit: string | undefined;
  /** Of a number that is a name, "1041" of "invoice 1041": what kind of thing it names. It has no unit. */
  names: string | undefined;
}

/** One sentence, in the form in which two are compared. */
export interface Claim {
  words: readonly ContentWord[];
  /** Its other words, each once, in their order. */
  fillers: ReadonlySet<string>;
  /** Each negation with the places in `words` that it denies. */
  negations: readonly (readonly number[])[];
  /** The number of content words before "than"; undefined without a comparison. */
  pivot: number | undefined;
  /** The number of content words before "from" and before "to" of "from Monday to Friday"; undefined without both. */
  route: { from: number; to: number } | undefined;
  /** Whom the sentence is about: "only admins" or "everyone"; undefined when it says neither. */
  range: 'only' | 'everyone' | undefined;
}

/** A negation reaches so many content words. */
const REACH = 8;

/** Reads a sentence as a claim. Negations are read in eight languages, opposites and like words in English. */
export function readClaim(sentence: string): Claim {
  const all = readWords(spelledOut(sentence));
  const language = languageOf(all.map(({ plain }) => plain)) ?? 'english';
  const isFiller = (plain: string) => (language === 'english' ? FILLERS.has(plain) : isStopWord(plain, language));
  const words: ContentWord[] = [];
  const fillers = new Set<string>();
  const denied: { before: number; end: number }[] = [];
  let pivot: number | undefined;
  let from: number | undefined;
  let route: Claim['route'];
  for (const [at, word] of all.entries()) {
    const isDenial = isNegation(all, at, language);
    if (isDenial) denied.push({ before: words.length, end: clauseEnd(all, at) });
    if (word.plain === 'than') pivot = words.length;
    if (word.plain === 'from') from = words.length;
    if (word.plain === 'to' && from !== undefined && from < words.length) route ??= { from, to: words.length };
    const isName = at > 0 && word.text === 'A';
    if (isFiller(word.plain) && !isName) fillers.add(word.plain);
    if (isDenial || (isFiller(word.plain) && !isName) || isPureNegation(word.plain, language) || isGoingOn(all, at))
      continue;
    words.push(contentWord(all, at));
  }
  const negations = denied.map(({ before, end }) => {
    const after = words.flatMap(({ place }, at) => (at >= before && place < end ? [at] : [])).slice(0, REACH);
    return after.length > 0 ? after : words.map((_, at) => at).slice(Math.max(0, before - 3), before);
  });
  return { words, fillers, negations, pivot, route, range: rangeOf(all[0]?.plain ?? '') };
}

function rangeOf(first: string): Claim['range'] {
  if (first === 'only') return 'only';
  return /^(?:any|every)(?:one|body)$/.test(first) ? 'everyone' : undefined;
}

/** "$5", "40%", "30s" in words, so that number and unit stand apart. */
function spelledOut(text: string): string {
  return plainNumbers(text)
    .replaceAll('’', "'")
    .replaceAll(/([$€£])(\d[\d.,]{0,20})/g, '$2 $1')
    .replaceAll(/(\d)(%|ms|s|h|[kmgt]b)\b|(\d)(%)/gi, '$1$3 $2$4');
}

const isPureNegation = (plain: string, language: string) =>
  (language === 'english' ? NEGATORS : FOREIGN_NEGATORS[language])?.has(plain) ?? false;

function isNegation(all: readonly Word[], at: number, language: string): boolean {
  const [plain = '', next = ''] = [all[at]?.plain, all[at + 1]?.plain];
  if (language !== 'english') return isPureNegation(plain, language);
  if (plain === 'not') return !deniesNothing(all, at);
  if (plain === 'no') return next !== '' && all[at + 1]?.isAfterComma !== true;
  if (DENYING_VERBS.has(stemOf(plain))) return next === 'to';
  if (/^(stop|stops|stopped|quit|ceased)$/.test(plain)) return /.ing$/.test(next);
  if (plain === 'less') return next !== 'than' && next !== '';
  return NEGATORS.has(plain);
}

/** "not only cold", "not to mention cold", "do not forget that it is cold" */
function deniesNothing(all: readonly Word[], at: number): boolean {
  const [next = '', after = ''] = [all[at + 1]?.plain, all[at + 2]?.plain];
  return /^(only|just|merely)$/.test(next) || /^(to mention|forget that)$/.test(`${next} ${after}`);
}

/** "keeps weighing", "continues to weigh", "remember to weigh" */
function isGoingOn(all: readonly Word[], at: number): boolean {
  const [plain = '', next = ''] = [all[at]?.plain, all[at + 1]?.plain];
  if (/^(keep|keeps|kept|continue|continues|continued)$/.test(plain)) return /^to$|.ing$/.test(next);
  return /^remember(s|ed)?$/.test(plain) && next === 'to';
}

/** Returns the place at which the clause of a negation ends. */
function clauseEnd(all: readonly Word[], at: number): number {
  const end = all.findIndex((word, place) => place > at + 1 && (word.isAfterComma || CLAUSE_STARTS.has(word.plain)));
  return end < 0 ? all.length : end;
}

function contentWord(all: readonly Word[], at: number): ContentWord {
  const { text, plain } = all[at] as Word;
  const spelled = SPELLINGS[plain] ?? plain;
  const stem = stemOf(spelled);
  const groups = groupsOf(stem);
  const sides = new Map([stem, ...groups].flatMap((name) => SIDES_OF.get(name) ?? []));
  const isNumber = /^\d/.test(spelled);
  const names = isNumber ? namedBy(all, at) : undefined;
  return {
    text,
    stem,
    groups,
    sides,
    place: at,
    lead: leadOf(all, at),
    unit: isNumber && names === undefined ? unitOf(all, at) : undefined,
    names,
  };
}

const LEADS = /^(?:by|to|from|for|with|without|over|under|above|below|before|after|within|until|since|in|on|at|of)$/;
const ARTICLES = /^(?:an?|the|my|your|his|her|its|our|their|all|any|every|each|some)$/;

function leadOf(all: readonly Word[], at: number): string | undefined {
  const before = all[at - 1]?.plain ?? '';
  const lead = ARTICLES.test(before) ? (all[at - 2]?.plain ?? '') : before;
  return LEADS.test(lead) ? lead : undefined;
}

const NUMBERED = /^(?:invoice|ticket|issue|bug|pr|request|order|room)$/;
const BEFORE_VERB = /^(?:i|we|you|they|to|can|will|may|must|should|not)$/;

/**
 * "Invoice 1041", "room 12": the noun before a number that is a name. In "we order 12 pumps" it counts, and in "the
 * meeting is in room 12" it is a value of which there is one.
 */
function namedBy(all: readonly Word[], at: number): string | undefined {
  const noun = all[at - 1]?.plain ?? '';
  if (!NUMBERED.test(noun) || BEFORE_VERB.test(all[at - 2]?.plain ?? '')) return undefined;
  return /^(?:in|on|at)$/.test(leadOf(all, at - 1) ?? '') ? undefined : noun;
}

/** The word that a number counts, "seconds", or the one that it numbers, "port 8080". */
function unitOf(all: readonly Word[], at: number): string {
  const [next, before] = [all[at + 1], all[at - 1]];
  const named = next !== undefined && !FILLERS.has(next.plain) && !next.isAfterComma ? next : before;
  const plain = named?.plain ?? '';
  return stemOf(SPELLINGS[plain] ?? plain);
}

/** From the longest to the shortest. */
const ENDINGS = 'ations ation ating ates ated ments ment ings ing ions ion ers est ate er ed es ly s'.split(' ');
const SHORTEST_STEM = 3;

/** Removes English endings, also those that make nouns of verbs: "deployments" and "deployed" are "deploy". */
export function stemOf(word: string): string {
  const base = baseOf(word).replace(/ie(?:s|r|st)$/, 'y');
  if (!/^[a-z-]{4,}$/.test(base) || base.endsWith('ss')) return base;
  const ending = ENDINGS.find((end) => base.endsWith(end) && base.length - end.length >= SHORTEST_STEM) ?? '';
  const bare = base.slice(0, base.length - ending.length);
  return bare.replace(/([bdfgklmnprtvz])\1$/, '$1').replace(/(?<=..)[ey]$/, '');
}

const GROUPS_OF = new Map<string, Set<string>>();

/** Returns the groups of like words that a stem belongs to. */
export function groupsOf(stem: string): ReadonlySet<string> {
  return GROUPS_OF.get(stem) ?? new Set();
}

for (const group of groupsOfWords) {
  const name = `group ${group[0]}`;
  for (const word of group) {
    const stem = stemOf(word);
    GROUPS_OF.set(stem, (GROUPS_OF.get(stem) ?? new Set()).add(name));
  }
}

const SIDES_OF = new Map<string, [pair: string, side: number][]>();
for (const [one = '', other = ''] of opposites) {
  for (const [word, side] of [
    [one, 1],
    [other, -1],
  ] as const) {
    for (const name of [stemOf(word), `group ${word}`]) {
      SIDES_OF.set(name, [...(SIDES_OF.get(name) ?? []), [`${one}/${other}`, side]]);
    }
  }
}
