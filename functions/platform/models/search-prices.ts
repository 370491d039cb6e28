import { toDollars, unitsOf } from './dollars.ts';
import type { Usage } from './model.ts';
import { costOf } from './prices.ts';

/** What web searches cost beside tokens, US dollars per thousand, read 2026-11-21; free quotas are not counted. */
const FEES = {
  /** https://ai.google.dev/gemini-api/docs/pricing: Gemini 3 and later pay for each query that the model makes, earlier ones once for a prompt. */
  geminiQuery: 14n,
  geminiPrompt: 35n,
  /** https://brave.com/search/api/: the plan Search. */
  braveRequest: 5n,
};

/** Fees are whole dollars a thousand: one of them is so many units of money for each request. */
const UNITS_OF_A_FEE = 10n ** 7n;

/** One grounded answer of Gemini: its tokens and its searches. Exact decimal text, as `costOf` answers. */
export function geminiSearchCost(model: string, usage: Usage, queries: number, at: Date): string {
  const tokens = unitsOf(costOf({ provider: 'gemini', model }, usage, at));
  const isOld = /(^|\/)gemini-[12][.-]/.test(model);
  const fee = isOld ? (queries > 0 ? FEES.geminiPrompt : 0n) : FEES.geminiQuery * BigInt(queries);
  return toDollars(tokens + fee * UNITS_OF_A_FEE);
}

/** One answered request to Brave. */
export function braveSearchCost(): string {
  return toDollars(FEES.braveRequest * UNITS_OF_A_FEE);
}
