/** The length of a vector, which the database columns share. */
export const EMBEDDING_DIMENSIONS = 768;

export interface Embedding {
  /** One unit vector per text, in the order of the texts. */
  vectors: number[][];
  input_tokens: number;
  /** Whether the provider did not count the tokens, or not all. */
  isEstimated: boolean;
}

/**
 * Converts texts into vectors whose cosine similarity measures how close their meanings are. Vectors of different
 * embedders (`name`) must not be compared. A failure throws, because a zero vector would be similar to nothing and stay
 * unnoticed.
 */
export interface Embedder {
  name: string;
  dimensions: typeof EMBEDDING_DIMENSIONS;
  /**
   * `onCounted` receives the input tokens of each answered request and whether they are estimated, so that they are
   * booked even if a later request fails.
   * @throws ModelError when the provider fails; RangeError for an empty text; the signal's reason when it is aborted.
   */
  embed(
    texts: string[],
    purpose: 'document' | 'query',
    signal: AbortSignal,
    onCounted?: (inputTokens: number, isEstimated: boolean) => void,
  ): Promise<Embedding>;
}

/** Returns the unit vector. @throws RangeError for a zero vector or a vector that is not finite */
export function normalise(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0)
    throw new RangeError('A zero vector or a vector that is not finite cannot be normalised');
  return vector.map((value) => value / length);
}

/** @throws RangeError when a text is blank */
export function refuseEmptyTexts(texts: string[]): void {
  const index = texts.findIndex((text) => text.trim() === '');
  if (index !== -1) throw new RangeError(`Text ${index} of ${texts.length} is empty and cannot be embedded`);
}
