/** A number, an address, a name: one of them is enough to tell where a text has it from. "It" and "We" begin sentences and are no names. */
const SIGNED = /[\p{N}._@:/-]/u;
const CAPITAL = /\p{Lu}/u;
const SHORTEST_NAME = 3;
const SHORTEST_WORD = 4;
const MOST_CHANCE_WORDS = 1;

/** Everyday words that are long enough to count, or begin sentences, and say nothing of where they come from. */
const COMMON = new Set(
  (
    'about above after again against also always because been before being below between both came come could does doing done down during each even ever every from ' +
    'further have having here hers herself himself into itself just like made make many more most much must never only other ours over said same says shall should since ' +
    'some such than that their theirs them then there these they this those through told under until upon very want were what when where which while whom will with ' +
    'would your yours yourself the and but for not she her his him its our out you who why how did has had one two all any can may new now old yes let ' +
    'memory memories people person entities contexts name type aliases strength high medium low start'
  ).split(' '),
);

/** The words of a text as they stand, and the parts of those that are put together (`evil.example`: also `evil` and `example`). */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const word of text.match(/[\p{L}\p{N}](?:[\p{L}\p{N}._@:/-]*[\p{L}\p{N}])?/gu) ?? []) {
    words.add(word);
    for (const part of word.split(/[._@:/-]+/)) words.add(part);
  }
  words.delete('');
  return words;
}

/** Small letters of every word, for comparing. */
export function saidIn(texts: Iterable<string>): Set<string> {
  const said = new Set<string>();
  for (const text of texts) for (const word of wordsOf(text)) said.add(word.toLowerCase());
  return said;
}

/**
 * Whether a text says what stands in `foreign` and nowhere else: a name, a number or an address of it, or two of its other words. `foreign` and `own` hold small
 * letters. One everyday word is taken for chance.
 */
export function borrows(text: string, foreign: ReadonlySet<string>, own: ReadonlySet<string>): boolean {
  if (foreign.size === 0) return false;
  const plain = new Set<string>();
  for (const word of wordsOf(text)) {
    const small = word.toLowerCase();
    if (!foreign.has(small) || own.has(small) || COMMON.has(small)) continue;
    if (SIGNED.test(word) || (CAPITAL.test(word) && small.length >= SHORTEST_NAME)) return true;
    if (small.length >= SHORTEST_WORD) plain.add(small);
  }
  return plain.size > MOST_CHANCE_WORDS;
}
