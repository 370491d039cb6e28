import type { Statement } from '../platform/database/batch.ts';
import type { Queryable } from '../platform/database/database.ts';
import type { ModelChoice, Usage } from '../platform/models/model.ts';
import { costOf } from '../platform/models/prices.ts';
import { insertUsage, type UsageLine } from './sql/usage.ts';

/** What is bought: a model's call, or another service's, whose price its caller knows. */
export type Bought = ModelChoice | { provider: 'brave'; model: 'web-search' };

/** A paid call, whatever became of its answer. */
export type PaidCall = Omit<UsageLine, 'provider' | 'model' | 'cost'> & {
  choice: Bought;
  /** What it cost; a model's call at today's price if left out. */
  cost?: string;
};

/** Books a call, once per reference. True when this call booked it. */
export async function bookUsage(queryable: Queryable, paid: PaidCall): Promise<boolean> {
  const [row] = await queryable.query<{ booked: boolean }>(usageStatement(paid));
  return row?.booked ?? false;
}

/** The same as a statement, for the transaction of what was paid for. */
export function usageStatement(paid: PaidCall): Statement {
  const { choice, ...line } = paid;
  return insertUsage({ ...line, ...choice, cost: paid.cost ?? priceOf(choice, paid.usage) });
}

function priceOf(choice: Bought, usage: Usage): string {
  if (choice.provider === 'brave') throw new Error('A search by Brave is booked with its cost');
  return costOf(choice, usage, new Date());
}
