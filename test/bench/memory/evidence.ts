/**
 * Measures how much of the evidence a ranking finds. A place is a text that identifies a turn; four characters count as
 * a token.
 */

export const RANKS = [5, 10, 20] as const;
export const BUDGETS = [500, 1000, 2000, 4000] as const;

export interface Evidence {
  recall: Record<number, number>;
  reciprocalRank: number;
  withinTokens: Record<number, number>;
}

/**
 * Measures one question. A turn that does not fit into the rest of a token budget is skipped, for every method alike.
 */
export function evidenceIn(
  ranking: readonly string[],
  gold: readonly string[],
  tokensOf: (place: string) => number,
): Evidence {
  const share = (places: readonly string[]) => gold.filter((place) => places.includes(place)).length / gold.length;
  const first = ranking.findIndex((place) => gold.includes(place));
  return {
    recall: Object.fromEntries(RANKS.map((rank) => [rank, share(ranking.slice(0, rank))])),
    reciprocalRank: first === -1 ? 0 : 1 / (first + 1),
    withinTokens: Object.fromEntries(BUDGETS.map((budget) => [budget, share(fitting(ranking, budget, tokensOf))])),
  };
}

function fitting(ranking: readonly string[], budget: number, tokensOf: (place: string) => number): string[] {
  let left = budget;
  return ranking.filter((place) => {
    const tokens = tokensOf(place);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}

/** A row of the report, in percent. */
export interface EvidenceFigures {
  questions: number;
  recall_5: number;
  recall_10: number;
  recall_20: number;
  mrr: number;
  tokens_500: number;
  tokens_1000: number;
  tokens_2000: number;
  tokens_4000: number;
}

export function meanOf(all: readonly Evidence[]): EvidenceFigures {
  const percent = (value: (evidence: Evidence) => number | undefined) =>
    Math.round((1000 * all.reduce((sum, evidence) => sum + (value(evidence) ?? 0), 0)) / Math.max(all.length, 1)) / 10;
  return {
    questions: all.length,
    recall_5: percent(({ recall }) => recall[5]),
    recall_10: percent(({ recall }) => recall[10]),
    recall_20: percent(({ recall }) => recall[20]),
    mrr: percent(({ reciprocalRank }) => reciprocalRank),
    tokens_500: percent(({ withinTokens }) => withinTokens[500]),
    tokens_1000: percent(({ withinTokens }) => withinTokens[1000]),
    tokens_2000: percent(({ withinTokens }) => withinTokens[2000]),
    tokens_4000: percent(({ withinTokens }) => withinTokens[4000]),
  };
}
