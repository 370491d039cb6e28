import type { Statement } from '../platform/database/batch.ts';
import type { Queryable } from '../platform/database/database.ts';
import type { ModelChoice } from '../platform/models/model.ts';
import { costOf } from '../platform/models/prices.ts';
import { insertUsage, type UsageLine } from './sql/usage.ts';

/** A paid call of a model, whatever became of its answer. */
export type PaidCall = Omit<UsageLine, 'provider' | 'model' | 'cost'> & {
  choice: ModelChoice;
  /** What it cost; at today's price if left out. */
  cost?: string;
};

/** Books a call, once per reference. True when this call booked it. */
export async function bookUsage(queryable: Queryable, paid: PaidCall): Promise<boolean> {
  const booked = await queryable.query(usageStatement(paid));
  return booked.length > 0;
}

/** The same as a statement, for the transaction of what was paid for. */
export function usageStatement(paid: PaidCall): Statement {
  const { choice, ...line } = paid;
  return insertUsage({ ...line, ...choice, cost: paid.cost ?? costOf(choice, paid.usage, new Date()) });
}
