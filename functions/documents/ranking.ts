/** How far a search of documents listens to vectors: their weight beside the words' 1, and the cosine below which a likeness says nothing. */
export interface Ranking {
  vectorWeight: number;
  similarityFloor: number;
}

/**
 * An embedder earns its weight. Feature hashing knows words, which BM25 knows better: on Cranfield it keeps nDCG@10 with 0.05, loses one point with 0.1 and three with 1. The values
 * for neural embedders are a cautious start: no key, no measurement.
 */
export function rankingOf(embedder: string): Ranking {
  if (embedder.startsWith('feature-hashing')) return { vectorWeight: 0.05, similarityFloor: 0.15 };
  return { vectorWeight: 1, similarityFloor: 0.5 };
}
