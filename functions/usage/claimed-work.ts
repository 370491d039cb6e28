import { cutText } from '../platform/cut-text.ts';
import type { Claimed, ClaimStatements } from '../platform/database/claim.ts';
import type { Queryable } from '../platform/database/database.ts';
import { FenceLost, NotNow } from '../platform/errors.ts';
import { LEASE_SECONDS, Lease } from '../platform/lease.ts';
import { type LogFields, log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { findSecondsUntilTomorrow, OverBudget } from './meter.ts';

/** A row that is claimed as often as this, postponements not counted, is failed. */
const MOST_ATTEMPTS = 5;
/** All work of a tenant that waits for the next day would otherwise come back in the same second. */
const SPREAD_SECONDS = 900;
/** The wait for money that is set aside for other calls. */
const BUSY_SECONDS = 10;

export interface ClaimedWork<Row extends Claimed> {
  /** Names the row in errors and logs: `The job job_01…`. */
  name: string;
  id: string;
  statements: ClaimStatements<Row>;
  /** The scope whose transactions claim the row. */
  queryable: Queryable;
  signal: AbortSignal;
  fields: LogFields;
  /**
   * Returns what the row keeps of an error whose message may be shown to the user; undefined keeps the error's name.
   */
  describe?: (error: unknown) => string | undefined;
}

/**
 * Claims a row, works on it under a lease that is renewed, and settles a failure. Idempotent: duplicate, late and
 * concurrent calls are no-ops, because `work` ends with a statement that is fenced by the claim and takes the row out
 * of its waiting status, in the transaction that writes the result.
 *
 * - The work fails: the row waits again and the error is thrown, so that the queue delivers the task again. After 5
 *   tries the row is failed. A try whose process died counts, so work that kills its process every time also ends.
 * - A budget covers the work only when other calls have ended: the row waits for seconds, and the try does not count.
 * - The budget of the tenant's day is used up: the row waits for the next day, and the try does not count.
 * - The budget of the run is used up, or the model refuses the work for good: the row is failed, since no later try
 *   could succeed.
 * @throws NotNow while another call works on the row, while money is set aside, or until the next day
 * @throws FenceLost when another call took the row over
 */
export async function workOnClaim<Row extends Claimed>(
  claimed: ClaimedWork<Row>,
  work: (row: Row, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { name, id, statements, queryable, fields } = claimed;
  const row = await statements.claim(queryable, id, LEASE_SECONDS);
  if (row === undefined) {
    const seconds = await statements.findWait(queryable, id);
    if (seconds !== undefined) throw new NotNow(`${name} is being worked on`, seconds);
    return;
  }
  if (row.tries > MOST_ATTEMPTS) {
    const error = `it was started ${MOST_ATTEMPTS} times and never finished`;
    await statements.release(queryable, row, { error, mostAttempts: MOST_ATTEMPTS, isPostponed: false });
    return log('warning', 'claimed work failed', { ...fields, reason: error });
  }
  const lease = new Lease({
    name,
    renew: () => statements.renew(queryable, row, LEASE_SECONDS),
    stops: [claimed.signal],
    fields,
  });
  try {
    await work(row, lease.signal);
  } catch (error) {
    lease.end();
    await settleFailure(claimed, row, error);
  } finally {
    await lease.stop();
  }
}

async function settleFailure<Row extends Claimed>(
  { name, statements, queryable, fields, describe }: ClaimedWork<Row>,
  row: Row,
  error: unknown,
): Promise<void> {
  const isPostponed = error instanceof OverBudget && (error.isTemporary || error.budget === 'day');
  const isFinal = error instanceof ModelError ? error.isFinal : error instanceof OverBudget && !isPostponed;
  const reason = describe?.(error) ?? nameOf(error);
  const status = await statements.release(queryable, row, {
    error: reason,
    mostAttempts: isFinal ? 0 : MOST_ATTEMPTS,
    isPostponed,
  });
  if (status === undefined) throw error;
  if (isPostponed) {
    const spread = Math.random();
    if (error.isTemporary) throw new NotNow(`${name} waits: ${error.message}`, Math.ceil((1 + spread) * BUSY_SECONDS));
    const seconds = (await findSecondsUntilTomorrow(queryable)) + 1 + Math.floor(spread * SPREAD_SECONDS);
    throw new NotNow(`${name} waits for the next day: ${error.message}`, seconds);
  }
  // Only a fault of ours has a stack worth reading.
  const isOurs = !(error instanceof ModelError || error instanceof OverBudget);
  if (status === 'failed')
    return log('warning', 'claimed work failed', { ...fields, reason, ...(isOurs ? { error } : {}) });
  // This call held the claim to the end, so no other call goes on: the queue has to deliver the task again.
  if (error instanceof FenceLost) throw new Error('The lease was not renewed in time', { cause: error });
  throw error;
}

/**
 * Returns an error's message where it holds nothing of a prompt: a provider's error. Of any other error only its name.
 */
function nameOf(error: unknown): string {
  if (error instanceof OverBudget) return error.message;
  if (error instanceof ModelError) return cutText(`${error.kind}: ${error.message}`, 500);
  return error instanceof Error ? error.name : 'unknown';
}
