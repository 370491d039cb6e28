import type { Statement } from '../platform/database/batch.ts';
import type { ModelChoice, Usage } from '../platform/models/model.ts';
import { costOf } from '../platform/models/prices.ts';
import { insertUsage, type UsageLine } from './sql/usage.ts';

/** The model or service that is paid. The caller knows the price of a service. */
export type Bought = ModelChoice | { provider: 'brave'; model: 'web-search' };

/** A paid call, successful or not. */
type PaidCall = Omit<UsageLine, 'provider' | 'model' | 'cost'> & {
  choice: Bought;
  /** The cost in US dollars. The default for a model is today's price. */
  cost?: string;
};

/** Returns a statement that books a paid call, for the transaction that records its result. */
export function usageStatement(paid: PaidCall): Statement {
  const { choice, ...line } = paid;
  return insertUsage({ ...line, ...choice, cost: paid.cost ?? priceOf(choice, paid.usage) });
}

function priceOf(choice: Bought, usage: Usage): string {
  if (choice.provider === 'brave') throw new Error('A call of Brave Search must be booked with its cost');
  return costOf(choice, usage, new Date());
}
