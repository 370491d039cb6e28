import type { Edit } from '../files/edit.ts';
import { parseEntity } from '../files/entity-file.ts';

/**
 * Finds text that a model has copied from removed text, by comparing words. A model is shown whole files, and no record
 * tells which words of its answer come from which file; see "Word comparison stays" in ../DECISIONS.md.
 */

/** Matches numbers, addresses and identifiers. One of them is enough to count as copied. */
const DISTINCTIVE = /[\p{N}._@:/-]/u;
/**
 * Matches words with a capital letter, which can be names. One of them is enough too, if it has 3 letters: "It" and
 * "We" begin sentences.
 */
const CAPITAL = /\p{Lu}/u;
const SHORTEST_NAME = 3;
const SHORTEST_WORD = 4;
/** Ordinary words that two texts can share by chance. One more counts as copied. */
const MOST_SHARED_BY_CHANCE = 1;

/** Words that never count as copied: frequent words, and words that every entity file contains. */
const STOP_WORDS = new Set(
  (
    'about above after again against also always because been before being below between both came come could does doing done down during each even ever every from ' +
    'further have having here hers herself himself into itself just like made make many more most much must never only other ours over said same says shall should since ' +
    'some such than that their theirs them then there these they this those through told under until upon very want were what when where which while whom will with ' +
    'would your yours yourself the and but for not she her his him its our out you who why how did has had one two all any can may new now old yes let ' +
    'memory memories people person entities contexts name type aliases strength high medium low start'
  ).split(' '),
);

/**
 * Returns the words of a text as they are written, and the parts of compounds (`evil.example`: also `evil` and
 * `example`).
 */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const word of text.match(/[\p{L}\p{N}](?:[\p{L}\p{N}._@:/-]*[\p{L}\p{N}])?/gu) ?? []) {
    words.add(word);
    for (const part of word.split(/[._@:/-]+/)) words.add(part);
  }
  words.delete('');
  return words;
}

/** Returns the words of texts in lower case. */
export function wordsIn(texts: Iterable<string>): Set<string> {
  const words = new Set<string>();
  for (const text of texts) for (const word of wordsOf(text)) words.add(word.toLowerCase());
  return words;
}

/** Returns the words, in lower case, that occur in some texts and in none of the others. */
export function wordsOnlyIn(texts: readonly string[], others: readonly string[]): Set<string> {
  const words = wordsIn(texts);
  if (words.size > 0) for (const word of wordsIn(others)) words.delete(word);
  return words;
}

/**
 * Tells whether a text contains words of `removed` that are not in `own`. One is enough when it has a digit, a sign
 * such as `-` or `.`, or a capital letter and at least 3 letters. Of other words, two with at least 4 letters are
 * needed. Both sets are in lower case.
 */
export function hasCopiedWords(text: string, removed: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
  if (removed.size === 0) return false;
  const ordinary = new Set<string>();
  for (const word of wordsOf(text)) {
    const lower = word.toLowerCase();
    if (!removed.has(lower) || own.has(lower) || STOP_WORDS.has(lower)) continue;
    if (DISTINCTIVE.test(word) || (CAPITAL.test(word) && lower.length >= SHORTEST_NAME)) return true;
    if (lower.length >= SHORTEST_WORD) ordinary.add(lower);
  }
  return ordinary.size > MOST_SHARED_BY_CHANCE;
}

/**
 * Returns the text that an edit adds. The path counts only when the edit creates the file.
 * @param isThere whether the file exists without the source; an append to a missing file creates it
 */
export function addedText(edit: Edit, isThere: boolean): string {
  if (edit.op === 'replace') return edit.replacement;
  if (edit.op === 'append') return `${isThere ? '' : fileName(edit.path)}\n${edit.block.heading}\n${edit.block.text}`;
  const head = [edit.path, edit.name, ...edit.aliases];
  return [...head, ...edit.blocks.flatMap(({ heading, text }) => [heading, text])].join('\n');
}

/** Returns the words of a file name in capital letters, because each of them can be a name. */
function fileName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return name.replaceAll(/[_-]+/g, ' ').toUpperCase();
}

/** Returns what the index shows of a file: path, name and aliases. A model sees the whole index. */
export function indexText(path: string, text: string): string {
  const { name = '', aliases } = parseEntity(text).frontmatter;
  return [path, name, ...aliases].join('\n');
}

/** Returns the lines of a text that another text does not have. */
export function linesOnlyIn(text: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !lines.has(line))
    .join('\n');
}
