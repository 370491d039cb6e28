/** The parameters of BM25: `k1` saturates repeated words, `b` discounts long texts. SQL functions get them as arguments. */
export interface Bm25Parameters {
  k1: number;
  b: number;
}

/** For facts, turns and blocks: the best values for short sentences on LoCoMo. */
export const SENTENCE_BM25: Bm25Parameters = { k1: 0.9, b: 0.6 };

/** For chunks of documents: the usual values for long texts. */
export const CHUNK_BM25: Bm25Parameters = { k1: 1.2, b: 0.75 };

/** How much a term tells: more the fewer of `all` have it. */
export function rarityOf(having: number, all: number): number {
  return Math.log(1 + (Math.max(all - having, 0) + 0.5) / (having + 0.5));
}

/** BM25 of one text. `counts` are its terms' occurrences, `worth` what each term tells, `size` and `meanSize` in lexemes. */
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

/** Divided by their maximum, in place: signals of different sizes can be added then. */
export function scaled(values: Float64Array): Float64Array {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  if (most > 0) for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) / most;
  return values;
}
