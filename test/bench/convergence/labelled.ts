import { calibrationOf } from '../../../functions/platform/language/claims/calibrations.ts';
import { openEmbedder } from '../../../functions/platform/models/embedding/open-embedder.ts';
import {
  type ClassFigures,
  chooseThreshold,
  cosineJudge,
  duplicateJudge,
  figuresOf,
  figuresOfPairs,
  type Judge,
  type JudgeFigures,
  originalJudge,
  ourJudge,
} from '../../platform/language/claims/figures.ts';
import { embeddedVectors, readDistantPairs, readNeuralVectors } from '../../platform/language/claims/labelled-pairs.ts';

export const F1_AIM = 0.9;

export interface LabelledResult {
  /** The embedder of the vectors. */
  model: string;
  /** What the tuning half says, and what is in use. */
  chosen: ReturnType<typeof chooseThreshold>;
  used: { cosineWeight: number; threshold: number };
  /** What health proposes as duplicates, on the judging half. */
  duplicates: ClassFigures;
  judges: { name: string; tuning: JudgeFigures; judging: JudgeFigures; distant: JudgeFigures }[];
}

/**
 * Compares the product's rules with two baselines on the labelled pairs: with the recorded vectors of a neural model,
 * with the local embedder, and with Gemini's embedder when a key is set.
 */
export async function measureLabelled(): Promise<LabelledResult[]> {
  const local = await embeddedVectors();
  const configured = await openEmbedder();
  const sources = [readNeuralVectors(), local];
  if (configured.name !== local.model) sources.push(await embeddedVectors(configured));
  return sources.map(({ model, vectorOf }) => {
    const scale = calibrationOf(model);
    const judges: [string, Judge][] = [
      ['ApexFlow', ourJudge(vectorOf, scale)],
      ["ApexAurum's algorithm", originalJudge(vectorOf)],
      ['cosine, one threshold', cosineJudge(vectorOf)],
    ];
    return {
      model,
      chosen: chooseThreshold(vectorOf, scale),
      used: { cosineWeight: scale.cosineWeight, threshold: scale.threshold },
      duplicates: figuresOf('judging', duplicateJudge(vectorOf, scale)).agree,
      judges: judges.map(([name, judge]) => ({
        name,
        tuning: figuresOf('tuning', judge),
        judging: figuresOf('judging', judge),
        distant: figuresOfPairs(readDistantPairs(), judge),
      })),
    };
  });
}
