/** How many numbers a vector has; the database's columns have the same. */
export const EMBEDDING_DIMENSIONS = 768;

export interface Embedding {
  /** One vector of length 1 per text, in the texts' order. */
  vectors: number[][];
  input_tokens: number;
}

/**
 * Turns texts into vectors whose cosine tells how near their meanings are. Vectors of different embedders (`name`) must not be
 * compared. A failure throws: a zero vector would be near nothing and stay unnoticed.
 */
export interface Embedder {
  name: string;
  dimensions: typeof EMBEDDING_DIMENSIONS;
  /**
   * `onCounted` hears the input tokens of each request that was answered, so that they are booked where a later one fails.
   * @throws ModelError when the provider fails; RangeError for an empty text; the signal's reason when it is aborted.
   */
  embed(
    texts: string[],
    purpose: 'document' | 'query',
    signal: AbortSignal,
    onCounted?: (inputTokens: number) => void,
  ): Promise<Embedding>;
}

/** A vector of length 1. @throws RangeError when it has no direction. */
export function normalise(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0)
    throw new RangeError('A vector without a direction cannot be normalised');
  return vector.map((value) => value / length);
}

/** @throws RangeError when a text has nothing to embed. */
export function refuseEmptyTexts(texts: string[]): void {
  const index = texts.findIndex((text) => text.trim() === '');
  if (index !== -1) throw new RangeError(`Text ${index} of ${texts.length} is empty and cannot be embedded`);
}
