import { text } from '../../../text/memory.ts';
import { nameOf } from '../entity/folders.ts';

/** Says why a search found something, from the signals of the hit. Pure. */

interface Hit {
  kind: 'fact' | 'turn' | 'block';
  text: string;
  why: { [signal: string]: number | null | undefined };
  speaker?: string;
  /** The path of the file of a block. */
  path?: string;
}

interface Search {
  query: string;
  /** Words that were taken for a misspelled name. */
  corrected: readonly { word: string; name: string }[];
}

/** `words` are set apart from the sentence: they are quoted from the text or the query. */
export interface Chip {
  label: string;
  words?: string;
}

const MOST_WORDS = 4;
/** A signal is 1 for the best of its search; above this it is worth a chip. */
const STRONG = 0.5;

/** Returns the reasons, the strongest first. There is always one. */
export function chipsOf(hit: Hit, search: Search): Chip[] {
  const chips: Chip[] = [];
  const asked = wordsOf(search);
  const words = saidWords(hit.text, asked);
  if (words.length > 0) chips.push({ label: text.why.says, words: words.slice(0, MOST_WORDS).join(', ') });
  for (const { word, name } of search.corrected)
    if (includesWord(`${hit.speaker ?? ''} ${hit.path === undefined ? '' : nameOf(hit.path)} ${hit.text}`, name))
      chips.push({ label: text.why.corrected(name), words: word });
  const named = hit.path === undefined ? [] : saidWords(nameOf(hit.path), asked);
  if (named.length > 0) chips.push({ label: text.why.file, words: named.join(' ') });
  if (hit.kind === 'fact' && is(hit, 'vector_score')) chips.push({ label: text.why.meaning });
  if (hit.kind === 'turn') chips.push(...turnChips(hit));
  return chips.length > 0 ? chips : [{ label: hit.kind === 'block' ? text.why.inFile : text.why.words }];
}

function turnChips(hit: Hit): Chip[] {
  const chips: Chip[] = [];
  if ((hit.why.day ?? 0) > 0) chips.push({ label: text.why.day });
  if (hit.why.times_participant !== undefined) chips.push({ label: text.why.saidBy, words: hit.speaker ?? '' });
  if (hit.why.times_time !== undefined) chips.push({ label: text.why.saysWhen });
  if (hit.why.times_number !== undefined) chips.push({ label: text.why.saysHowMany });
  if (is(hit, 'answered')) chips.push({ label: text.why.answers });
  else if (!is(hit, 'own') && (is(hit, 'near') || is(hit, 'before') || is(hit, 'after')))
    chips.push({ label: text.why.near });
  if (!is(hit, 'own') && is(hit, 'session')) chips.push({ label: text.why.session });
  return chips;
}

function is({ why }: Hit, signal: string): boolean {
  return (why[signal] ?? 0) >= STRONG;
}

/** The words of the query, with a misspelled name replaced; short and common ones left out. */
function wordsOf({ query, corrected }: Search): string[] {
  const names = new Map(corrected.map(({ word, name }) => [word.toLowerCase(), name]));
  const words = query
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !COMMON.has(word.toLowerCase()))
    .map((word) => names.get(word.toLowerCase()) ?? word);
  return [...new Set(words)];
}

/** Returns the words of the text, as they are written there, that begin like a word of the query. */
export function saidWords(said: string, asked: readonly string[]): string[] {
  const starts = asked.map((word) => stem(word)).filter((word) => word !== '');
  const found = new Map<string, string>();
  for (const word of said.split(/[^\p{L}\p{N}]+/u)) {
    const lower = word.toLowerCase();
    const start = starts.find((begin) => lower === begin || (begin.length >= LEAST_STEM && lower.startsWith(begin)));
    if (start !== undefined && word.length - start.length <= LONGEST_ENDING && !found.has(start))
      found.set(start, word);
  }
  return [...found.values()];
}

const LEAST_STEM = 4;
const LONGEST_ENDING = 4;

/** Cuts the usual endings of English words. The server decides what is found; this only marks it. */
function stem(word: string): string {
  const lower = word.toLowerCase();
  const cut = lower.replace(/(?:'s|ing|ed|es|s)$/, '');
  return cut.length >= LEAST_STEM ? cut : lower;
}

function includesWord(said: string, word: string): boolean {
  return said
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .includes(word.toLowerCase());
}

const COMMON = new Set(
  'a an and are as at be by did do does for from had has have he her his how i in is it its me my of on or our she that the their they this to was we were what when where which who why with you your'.split(
    ' ',
  ),
);
