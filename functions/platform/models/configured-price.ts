import { z } from 'zod';
import type { ModelChoice } from './model.ts';

/** US dollars per million tokens, as decimal text so that no float touches money. */
const PerMillion = z.string().regex(/^\d{1,5}(\.\d{1,4})?$/, 'must be dollars as text with at most four decimals');

/** What a tenant pays for a model that the price table does not have, such as a model on a server of its own. */
export const ConfiguredPrice = z.strictObject({
  input_per_million: PerMillion,
  output_per_million: PerMillion,
  /** Left out: cached input costs as much as other input. */
  cached_input_per_million: PerMillion.optional(),
});
export type ConfiguredPrice = z.infer<typeof ConfiguredPrice>;

/** The key of a configured price. */
export const PricedModel = z
  .string()
  .regex(/^(gemini|claude|openai|qwen)\/.{1,200}$/, 'must be provider/model, such as openai/qwen3:8b');

/** The most prices of a tenant. */
export const MOST_PRICES = 100;

export const ConfiguredPrices = z.record(PricedModel, ConfiguredPrice);

/** A model with the tenant's price for it, if there is one. */
export interface PricedChoice extends ModelChoice {
  price?: ConfiguredPrice | null | undefined;
}
