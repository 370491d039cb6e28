/** How the similarity of two statements is made of their vectors and their words, and from where on it counts. */
export interface Calibration {
  /** The share of the cosine in the similarity; the rest is the share of words that both have. */
  cosineWeight: number;
  /** From this similarity on two statements are about the same. */
  threshold: number;
  /** Pairs between floor and threshold are shown as near, and not counted. */
  floor: number;
  /** Pairs that rules judged are not stored below it. */
  lowest: number;
  /** From this cosine on rules look for duplicates, and a model judges a pair, whatever words it shares. */
  candidate: number;
  /** How the values were chosen. */
  measured: string;
}

/**
 * By the name of the embedder. The threshold is the highest one whose F1 on the tuning half of the labelled pairs
 * (test/platform/language/claims/pairs) is within 0.01 of the best: a false agreement is worse than a missed one. `npm
 * run bench -- --only convergence` prints it beside the one in use, and the figures of both halves.
 */
const CALIBRATIONS: Readonly<Record<string, Calibration>> = {
  'feature-hashing-v1': {
    cosineWeight: 0.3,
    threshold: 0.56,
    floor: 0.46,
    lowest: 0.38,
    candidate: 0.2,
    measured: 'tuning half, 153 pairs: F1 agree 0.94, deny 0.99, unrelated 0.96',
  },
  'universal-sentence-encoder-lite-1': {
    cosineWeight: 0.5,
    threshold: 0.64,
    floor: 0.54,
    lowest: 0.46,
    candidate: 0.4,
    measured: 'tuning half, 153 pairs: F1 agree 0.97, deny 0.99, unrelated 0.97',
  },
  // Its cosines of unrelated texts begin at about 0.5, so the same pairs have a higher similarity.
  'gemini-embedding-001': {
    cosineWeight: 0.5,
    threshold: 0.7,
    floor: 0.62,
    lowest: 0.54,
    candidate: 0.6,
    measured: 'not measured: estimated from the model above, since no key was at hand',
  },
};

const DEFAULT = 'feature-hashing-v1';

/** Returns the calibration of an embedder; for an unknown one the lowest thresholds, so that no pair is lost. */
export function calibrationOf(embedder: string): Calibration {
  return CALIBRATIONS[embedder] ?? (CALIBRATIONS[DEFAULT] as Calibration);
}
