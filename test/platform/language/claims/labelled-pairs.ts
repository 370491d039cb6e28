import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Embedder } from '../../../../functions/platform/models/embedding/embedder.ts';
import { featureHashingEmbedder } from '../../../../functions/platform/models/embedding/feature-hashing.ts';

/** The answer to a pair of each class: both claim the same, both cannot be right, or neither. */
export const RELATION_OF = {
  paraphrase: 'agree',
  denial: 'deny',
  'near-miss': 'unrelated',
  different: 'unrelated',
} as const;
const Class = z.enum(['paraphrase', 'denial', 'near-miss', 'different']);
export type PairClass = z.infer<typeof Class>;

/** Rules and thresholds are chosen with the pairs of `tuning` in view; only `judging` tells how good they are. */
export const HALVES = ['tuning', 'judging'] as const;
export type Half = (typeof HALVES)[number];

export interface LabelledPair {
  id: string;
  class: PairClass;
  kind: string;
  one: string;
  other: string;
}

/**
 * Reads the pairs of one half, `pairs/labelled.txt`. Within a class the pairs are ordered by the hash of their id, and
 * every second one is for judging. So the halves are balanced by class, and nobody chose what lies in which.
 * @throws Error for a line that is no pair
 */
export function readLabelledPairs(half: Half): LabelledPair[] {
  const pairs = readPairs('labelled.txt');
  return Class.options.flatMap((label) =>
    pairs
      .filter((pair) => pair.class === label)
      .map((pair) => ({ pair, hash: createHash('sha256').update(pair.id).digest('hex') }))
      .sort((one, other) => (one.hash < other.hash ? -1 : 1))
      .flatMap(({ pair }, at) => (HALVES[at % 2] === half ? [pair] : [])),
  );
}

/** Reads the pairs whose statements share few words, `pairs/distant.txt`. They are part of no half. */
export const readDistantPairs = () => readPairs('distant.txt');

function readPairs(file: string): LabelledPair[] {
  return readFileSync(new URL(`./pairs/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [id = '', label, kind = '', one = '', other = '', ...rest] = line.split(' | ');
      if (other === '' || rest.length > 0) throw new Error(`${file}: no pair: ${line}`);
      return { id, class: Class.parse(label), kind, one, other };
    });
}

/** Returns the vector of a statement of the labelled pairs. */
export type VectorOf = (text: string) => number[];

const Recorded = z.object({ model: z.string(), dimensions: z.int(), vectors: z.record(z.string(), z.string()) });

/** Reads the vectors that a neural model made once of the labelled statements; `pairs/vectors.json` names the model. */
export function readNeuralVectors(): { model: string; vectorOf: VectorOf } {
  const recorded = Recorded.parse(JSON.parse(readFileSync(new URL('./pairs/vectors.json', import.meta.url), 'utf8')));
  return {
    model: recorded.model,
    vectorOf: (text) => {
      const encoded = recorded.vectors[text];
      if (encoded === undefined) throw new Error(`vectors.json has no vector of: ${text}`);
      return [...new Int8Array(Buffer.from(encoded, 'base64'))];
    },
  };
}

/** Embeds the labelled statements; the default is the embedder that needs no model. */
export async function embeddedVectors(
  embedder: Embedder = featureHashingEmbedder,
): Promise<{ model: string; vectorOf: VectorOf }> {
  const pairs = [...HALVES.flatMap(readLabelledPairs), ...readDistantPairs()];
  const texts = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))];
  const { vectors } = await embedder.embed(texts, 'document', new AbortController().signal);
  const known = new Map(texts.map((text, at) => [text, vectors[at] ?? []]));
  return { model: embedder.name, vectorOf: (text) => known.get(text) ?? [] };
}

export function cosineOf(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  return dot / (Math.hypot(...one) * Math.hypot(...other));
}
