import { Problem } from '../../platform/errors.ts';

/**
 * How many searches of one tenant an instance works on beside each other: each holds a model for seconds. Counted in this instance only, as the rate of
 * signed-in callers is; money has the tenant's budget of the day for all instances together.
 */
const MOST_OF_A_TENANT = 8;

const open = new Map<string, number>();

/** Runs the work if the tenant has a place for it, and gives the place back however it ends. @throws Problem 429 */
export async function withSearchSlot<Result>(tenantId: string, work: () => Promise<Result>): Promise<Result> {
  const taken = open.get(tenantId) ?? 0;
  if (taken >= MOST_OF_A_TENANT) {
    throw new Problem(
      'too-many-requests',
      `Your tenant has ${taken} such searches going on; try again when one has ended.`,
      {
        retryAfterSeconds: 5,
      },
    );
  }
  open.set(tenantId, taken + 1);
  try {
    return await work();
  } finally {
    const left = (open.get(tenantId) ?? 1) - 1;
    if (left > 0) open.set(tenantId, left);
    else open.delete(tenantId);
  }
}
