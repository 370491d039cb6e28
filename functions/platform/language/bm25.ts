import { foldWords } from './fold.ts';

/**
 * The parameters of BM25: `k1` saturates repeated words, `b` discounts long texts. SQL functions get them as arguments.
 */
export interface Bm25Parameters {
  k1: number;
  b: number;
}

/** For facts, turns and blocks: the best values for short sentences on LoCoMo. */
export const SENTENCE_BM25: Bm25Parameters = { k1: 0.9, b: 0.6 };

/** For chunks of documents: the usual values for long texts. */
export const CHUNK_BM25: Bm25Parameters = { k1: 1.2, b: 0.75 };

/** Returns the inverse document frequency of a term that `having` of `all` documents contain. */
export function rarityOf(having: number, all: number): number {
  return Math.log(1 + (Math.max(all - having, 0) + 0.5) / (having + 0.5));
}

/**
 * Returns the BM25 score of one text. `counts` are the term frequencies, `worth` the weights of the terms; `size` and
 * `meanSize` count lexemes.
 */
export function bm25(counts: ArrayLike<number>, worth: ArrayLike<number>, size: number, meanSize: number): number {
  const { k1, b } = SENTENCE_BM25;
  const saturation = k1 * (1 - b + (b * size) / Math.max(meanSize, 1));
  let score = 0;
  for (let term = 0; term < worth.length; term += 1) {
    const count = counts[term] ?? 0;
    if (count > 0) score += ((worth[term] ?? 0) * count * (k1 + 1)) / (count + saturation);
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
  for (const word of foldWords(text.toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? []) {
    const marked = `_${word}_`;
    if (marked.length <= NGRAM_LENGTH) ngrams.push(marked);
    for (let start = 0; start + NGRAM_LENGTH <= marked.length && marked.length > NGRAM_LENGTH; start += 1) {
      ngrams.push(marked.slice(start, start + NGRAM_LENGTH));
    }
  }
  return ngrams;
}
