import { toDollars, unitsOf } from './dollars.ts';
import type { Usage } from './model.ts';
import { costOf } from './prices.ts';

/** Fees of web searches in addition to tokens, in US dollars per thousand, read 2026-11-21. Free quotas are ignored. */
const FEES = {
  /**
   * https://ai.google.dev/gemini-api/docs/pricing: Gemini 3 and later charge each query of the model, earlier models
   * each prompt.
   */
  geminiQuery: 14n,
  geminiPrompt: 35n,
  /** https://brave.com/search/api/, plan "Search". */
  braveRequest: 5n,
};

/** Units of 10⁻¹⁰ dollars per request for a fee of one dollar per thousand requests. */
const UNITS_OF_A_FEE = 10n ** 7n;

/** Returns the cost of one grounded answer of Gemini, tokens and searches, as exact decimal text. */
export function geminiSearchCost(model: string, usage: Usage, queries: number, at: Date): string {
  const tokens = unitsOf(costOf({ provider: 'gemini', model }, usage, at));
  const isOld = /(^|\/)gemini-[12][.-]/.test(model);
  const fee = isOld ? (queries > 0 ? FEES.geminiPrompt : 0n) : FEES.geminiQuery * BigInt(queries);
  return toDollars(tokens + fee * UNITS_OF_A_FEE);
}

/** Returns the cost of one answered request to Brave. */
export function braveSearchCost(): string {
  return toDollars(FEES.braveRequest * UNITS_OF_A_FEE);
}
