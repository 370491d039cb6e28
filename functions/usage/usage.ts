import type { Statement } from '../platform/database/batch.ts';
import type { PricedChoice } from '../platform/models/configured-price.ts';
import { type PriceBasis, priceOf } from '../platform/models/prices.ts';
import { insertUsage, type UsageLine } from './sql/usage.ts';

/** The model or service that is paid. The caller knows the price of a service. */
export type Bought = PricedChoice | { provider: 'brave'; model: 'web-search' };

/** A paid call, successful or not. */
type PaidCall = Omit<UsageLine, 'provider' | 'model' | 'cost' | 'price'> & {
  choice: Bought;
  /** The cost in US dollars. The default for a model is today's price. */
  cost?: string;
};

/** Returns a statement that books a paid call, for the transaction that records its result. */
export function usageStatement(paid: PaidCall): Statement {
  const { choice, ...line } = paid;
  const { provider, model } = choice;
  return insertUsage({ ...line, provider, model, ...pricedCall(paid) });
}

function pricedCall({ choice, usage, cost }: PaidCall): { cost: string; price: PriceBasis } {
  if (choice.provider === 'brave') {
    if (cost === undefined) throw new Error('A call of Brave Search must be booked with its cost');
    return { cost, price: 'list' };
  }
  const { usd, basis } = priceOf(choice, usage, new Date());
  return { cost: cost ?? usd, price: basis };
}
