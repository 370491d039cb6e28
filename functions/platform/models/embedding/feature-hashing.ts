import { estimateTokens } from '../estimate-tokens.ts';
import { EMBEDDING_DIMENSIONS, type Embedder, normalise, refuseEmptyTexts } from './embedder.ts';

/**
 * Weights of the features: words carry the meaning, word pairs the order, and character n-grams tolerate inflection and
 * typing errors.
 */
const WORD = 1;
const PAIR = 0.5;
/**
 * The weight of all n-grams of one length of a word together, so that a long word does not count more than a short one.
 */
const PIECES = 0.8;

/** English stop words. */
const COMMON_WORDS = new Set(
  (
    'a about after all also am an and any are as at be been before but by can could did do does for from had has have he her him ' +
    'his how i if in into is it its just me more most my no not of on only or our out over she should so some such than that the ' +
    'their them then there these they this those to too up us very was we were what when where which who whom whose why will with ' +
    'would you your'
  ).split(' '),
);

/**
 * An embedder without a model, for machines without a key. It hashes words (lower case, lightly stemmed), pairs of
 * neighbouring words and character n-grams of length 3 to 5 into 768 dimensions, with signs (feature hashing). A text
 * has the same vector on every machine, so any change here needs a new `name`. It finds the same words, not the same
 * meaning.
 */
export const featureHashingEmbedder: Embedder = {
  name: 'feature-hashing-v1',
  dimensions: EMBEDDING_DIMENSIONS,
  async embed(texts, _purpose, signal) {
    signal.throwIfAborted();
    refuseEmptyTexts(texts);
    return {
      vectors: texts.map(toVector),
      input_tokens: texts.reduce((sum, text) => sum + estimateTokens(text), 0),
      isEstimated: true,
    };
  },
};

function toVector(text: string): number[] {
  const vector = new Array<number>(EMBEDDING_DIMENSIONS).fill(0);
  for (const [feature, weight] of countFeatures(text)) {
    const hash = hashText(feature);
    const place = hash % EMBEDDING_DIMENSIONS;
    // The sign comes from the highest bit, which hardly influences the place, so both are nearly independent.
    vector[place] = (vector[place] ?? 0) + (hash >= 0x80000000 ? -weight : weight);
  }
  return normalise(vector);
}

/**
 * Returns the features with their weights. A feature that occurs n times counts 1 + ln n, so that frequent words do not
 * dominate a long text.
 */
function countFeatures(text: string): Map<string, number> {
  const words = splitWords(text).map(stem);
  const counts = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number) => {
    const known = counts.get(feature);
    counts.set(feature, { count: (known?.count ?? 0) + 1, weight });
  };
  words.forEach((word, index) => {
    add(`w ${word}`, WORD);
    const next = words[index + 1];
    if (next !== undefined) add(`b ${word} ${next}`, PAIR);
    for (const pieces of splitPieces(word)) {
      for (const piece of pieces) add(`c ${piece}`, PIECES / pieces.length);
    }
  });
  return new Map([...counts].map(([feature, { count, weight }]) => [feature, weight * (1 + Math.log(count))]));
}

/**
 * Splits a text into words of letters and digits of any script, without stop words. A text of only stop words or signs
 * keeps them, because it needs a vector too.
 */
function splitWords(text: string): string[] {
  const normal = text.normalize('NFKC').toLowerCase();
  const words = normal.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [normal.trim()];
  const telling = words.filter((word) => !COMMON_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** Removes the most common English endings from words that have at least three letters without them. */
function stem(word: string): string {
  for (const [ending, replacement] of [
    ['ies', 'y'],
    ['ing', ''],
    ['ed', ''],
    ['es', ''],
    ['s', ''],
  ] as const) {
    if (word.endsWith(ending) && word.length - ending.length >= 3 && !word.endsWith('ss')) {
      return word.slice(0, -ending.length) + replacement;
    }
  }
  return word;
}

/** Returns the n-grams of length 3, 4 and 5. Both ends of the word are marked, so that beginnings match beginnings. */
function splitPieces(word: string): string[][] {
  const characters = [...`<${word}>`];
  return [3, 4, 5].map((size) =>
    Array.from({ length: Math.max(0, characters.length - size + 1) }, (_, start) =>
      characters.slice(start, start + size).join(''),
    ),
  );
}

/**
 * Returns an unsigned hash: FNV-1a over UTF-16 units with a final mix, because the low bits of FNV-1a alone are weak.
 */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
