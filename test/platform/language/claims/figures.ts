import type { Calibration } from '../../../../functions/platform/language/claims/calibrations.ts';
import type { Stance } from '../../../../functions/platform/language/claims/relate.ts';
import { readForComparison, relateByRules } from '../../../../functions/platform/language/claims/relate.ts';
import { sayTheSame } from '../../../../functions/platform/language/claims/say-the-same.ts';
import {
  cosineOf,
  HALVES,
  type Half,
  type LabelledPair,
  RELATION_OF,
  readLabelledPairs,
  type VectorOf,
} from './labelled-pairs.ts';

/** A way to decide what two statements are to each other. */
export type Judge = (pair: LabelledPair) => Stance;

export interface ClassFigures {
  precision: number;
  recall: number;
  f1: number;
}

export interface JudgeFigures {
  agree: ClassFigures;
  deny: ClassFigures;
  unrelated: ClassFigures;
  /** The mean of the three. */
  f1: number;
  /** The share of pairs of each class that was judged rightly; NaN without such pairs. */
  right: Record<LabelledPair['class'], number>;
}

/** Counts how a judge decides the pairs of one half. */
export const figuresOf = (half: Half, judge: Judge) => figuresOfPairs(readLabelledPairs(half), judge);

export function figuresOfPairs(pairs: readonly LabelledPair[], judge: Judge): JudgeFigures {
  const judged = pairs.map((pair) => ({ pair, wanted: RELATION_OF[pair.class], found: judge(pair) }));
  const share = (some: number, all: number) => (all === 0 ? 0 : some / all);
  const figures = (stance: Stance): ClassFigures => {
    const right = judged.filter(({ wanted, found }) => wanted === stance && found === stance).length;
    const precision = share(right, judged.filter(({ found }) => found === stance).length);
    const recall = share(right, judged.filter(({ wanted }) => wanted === stance).length);
    return { precision, recall, f1: share(2 * precision * recall, precision + recall) };
  };
  const [agree, deny, unrelated] = [figures('agree'), figures('deny'), figures('unrelated')];
  const rightOf = (label: LabelledPair['class']) => {
    const own = judged.filter(({ pair }) => pair.class === label);
    return own.filter(({ wanted, found }) => wanted === found).length / own.length;
  };
  return {
    ...{ agree, deny, unrelated, f1: (agree.f1 + deny.f1 + unrelated.f1) / 3 },
    right: {
      paraphrase: rightOf('paraphrase'),
      denial: rightOf('denial'),
      'near-miss': rightOf('near-miss'),
      different: rightOf('different'),
    },
  };
}

/** The product's judge without a model. */
export function ourJudge(vectorOf: VectorOf, scale: Calibration): Judge {
  return ({ one, other }) => {
    const cosine = cosineOf(vectorOf(one), vectorOf(other));
    const { relation, similarity } = relateByRules(readForComparison(one), readForComparison(other), cosine, scale);
    return similarity >= scale.threshold ? relation : 'unrelated';
  };
}

/** Judges pairs as the lists of duplicates do: what they propose agrees. */
export function duplicateJudge(vectorOf: VectorOf, scale: Calibration): Judge {
  return ({ one, other }) => {
    const cosine = cosineOf(vectorOf(one), vectorOf(other));
    if (cosine < scale.candidate) return 'unrelated';
    const sameness = sayTheSame(readForComparison(one), readForComparison(other), cosine, scale);
    return sameness === undefined ? 'unrelated' : 'agree';
  };
}

/** The fewest characters of a statement, and 1 minus the greatest squared distance, of ApexAurum's detection. */
const ORIGINAL = { shortest: 50, threshold: 0.85 };

/** ApexAurum's `village_convergence_detect`: 2·cos − 1 of two vectors, from 50 characters on, blind to negations. */
export function originalJudge(vectorOf: VectorOf): Judge {
  return ({ one, other }) => {
    if (Math.min(one.length, other.length) < ORIGINAL.shortest) return 'unrelated';
    return 2 * cosineOf(vectorOf(one), vectorOf(other)) - 1 >= ORIGINAL.threshold ? 'agree' : 'unrelated';
  };
}

/** Plain cosine with the one threshold that is best for agreements on the tuning half. */
export function cosineJudge(vectorOf: VectorOf): Judge {
  const judgeWith =
    (threshold: number): Judge =>
    ({ one, other }) =>
      cosineOf(vectorOf(one), vectorOf(other)) >= threshold ? 'agree' : 'unrelated';
  const thresholds = Array.from({ length: 100 }, (_, at) => at / 100);
  const scores = thresholds.map((threshold) => figuresOf('tuning', judgeWith(threshold)).agree.f1);
  return judgeWith(thresholds[scores.indexOf(Math.max(...scores))] ?? 0);
}

/** F1 differs by less between neighbouring thresholds by chance: one pair of the half is 0.007. */
const NEARLY_BEST = 0.01;

/**
 * Returns for a weight of the cosine the best mean F1 on the tuning half, and the highest threshold that nearly reaches
 * it: a false agreement is worse than a missed one.
 */
export function chooseThreshold(vectorOf: VectorOf, scale: Calibration): { threshold: number; f1: number } {
  const known = new Map(
    readLabelledPairs('tuning').map((pair) => {
      const cosine = cosineOf(vectorOf(pair.one), vectorOf(pair.other));
      return [pair.id, relateByRules(readForComparison(pair.one), readForComparison(pair.other), cosine, scale)];
    }),
  );
  const scores = Array.from({ length: 38 }, (_, step) => {
    const threshold = 0.2 + step * 0.02;
    const { f1 } = figuresOf('tuning', ({ id }) => {
      const found = known.get(id);
      return found !== undefined && found.similarity >= threshold ? found.relation : 'unrelated';
    });
    return { threshold: Number(threshold.toFixed(2)), f1 };
  });
  const best = Math.max(...scores.map(({ f1 }) => f1));
  return { threshold: scores.findLast(({ f1 }) => f1 >= best - NEARLY_BEST)?.threshold ?? 0, f1: best };
}

export type Figures = Record<Half, JudgeFigures>;

export const bothHalves = (judge: Judge): Figures => ({
  tuning: figuresOf(HALVES[0], judge),
  judging: figuresOf(HALVES[1], judge),
});
