/** k1 and b of BM25, which gave the best results on short sentences (the data set LoCoMo). */
const K1 = 0.9;
const B = 0.6;

/** Returns the inverse document frequency of a term that `having` of `all` documents contain. */
export function rarityOf(having: number, all: number): number {
  return Math.log(1 + (Math.max(all - having, 0) + 0.5) / (having + 0.5));
}

/**
 * Returns the BM25 score of one text. `counts` are the term frequencies, `worth` the weights of the terms; `size` and
 * `meanSize` count lexemes.
 */
export function bm25(counts: ArrayLike<number>, worth: ArrayLike<number>, size: number, meanSize: number): number {
  const saturation = K1 * (1 - B + (B * size) / Math.max(meanSize, 1));
  let score = 0;
  for (let term = 0; term < worth.length; term += 1) {
    const count = counts[term] ?? 0;
    if (count > 0) score += ((worth[term] ?? 0) * count * (K1 + 1)) / (count + saturation);
  }
  return score;
}

/** Divides the values by their maximum, in place, so that signals of different scales can be added. */
export function scaled(values: Float64Array): Float64Array {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  if (most > 0) for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) / most;
  return values;
}

const NGRAM_LENGTH = 4;

/**
 * Returns the 4-character n-grams of each word. Both ends of a word are marked with `_`, so that beginnings match
 * beginnings. A shorter word is one n-gram.
 */
export function characterNgrams(text: string): string[] {
  const ngrams: string[] = [];
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const marked = `_${word}_`;
    if (marked.length <= NGRAM_LENGTH) ngrams.push(marked);
    for (let start = 0; start + NGRAM_LENGTH <= marked.length && marked.length > NGRAM_LENGTH; start += 1) {
      ngrams.push(marked.slice(start, start + NGRAM_LENGTH));
    }
  }
  return ngrams;
}
