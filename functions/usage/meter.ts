import type { Row, Statement } from '../platform/database/batch.ts';
import type { Scoped } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import type { Usage } from '../platform/models/model.ts';
import { sendWritten } from '../platform/queue/enqueue.ts';
import {
  findSecondsUntilTomorrow,
  insertReservation,
  type Reserved,
  releaseReservation,
  type UsageLine,
} from './sql/usage.ts';
import { type Bought, usageStatement } from './usage.ts';

/** The user, run and node that pay. `scoped` runs the statements in the tenant's scope. */
export interface Payer {
  scoped: Scoped;
  tenantId: string;
  userId: string;
  runId?: string | undefined;
  nodeId?: string | undefined;
}

/** A paid call. Each attempt has its own reference, `<reference>:<attempt>`. */
export interface Purchase {
  /** The kind under which an answer is booked. A failed attempt of a turn is booked as `attempt`. */
  kind: UsageLine['kind'];
  reference: string;
  choice: Bought;
  /** Worst-case cost of one attempt, in US dollars as exact decimal text. */
  worstCase: string;
  /** The least that is worth reserving when the budget covers no more. The default is `worstCase`. */
  least?: string;
  /** Statements that run before the reservation in the same transaction, such as a check of the fence. */
  guard?: readonly Statement[];
  /** False when the caller knows that no budget applies; then nothing is reserved. */
  isLimited?: boolean;
}

export { findSecondsUntilTomorrow };

/** What a budget's limit is made of, in US dollars as exact decimal text. */
interface BudgetState {
  spent: string;
  /** The most that calls whose outcome is unknown may have cost. */
  lost: string;
  setAside: string;
  total: string;
  /** The least that the call needs. */
  needed: string;
}

/** Thrown before a call when a budget does not cover its worst-case cost. */
export class OverBudget extends Error {
  /** `run`: the budget of the run. `day`: the tenant's budget of the day (UTC). */
  readonly budget: 'run' | 'day';
  /** Whether money is only set aside for other calls, so that the call may fit when they have ended. */
  readonly isTemporary: boolean;

  constructor(
    budget: 'run' | 'day',
    { isTemporary = false, state }: { isTemporary?: boolean; state?: BudgetState } = {},
  ) {
    super(messageOf(budget, isTemporary, state));
    this.name = 'OverBudget';
    this.budget = budget;
    this.isTemporary = isTemporary;
  }
}

function messageOf(budget: 'run' | 'day', isTemporary: boolean, state: BudgetState | undefined): string {
  const name = budget === 'run' ? 'The budget of the run' : "The tenant's budget of the day (UTC)";
  const next =
    budget === 'run'
      ? 'Ask again with a higher budget_usd; a replay of a run with from_failure keeps what is done.'
      : "An admin can raise the tenant's budget_usd_per_day; the next day begins at 00:00 UTC.";
  if (state === undefined) return `${name} is used up. ${next}`;
  const { spent, lost, setAside, total, needed } = state;
  const unknown = lost === '0' ? '' : ` (and up to ${lost} in calls that were cut off)`;
  const sums = `spent ${spent}${unknown}, set aside ${setAside} of ${total} US dollars`;
  if (isTemporary) return `${name} covers the next call when calls under way have ended: ${sums}`;
  return `${name} does not cover the next call: ${sums}; the call needs ${needed}. ${next}`;
}

/** Time after the model's timeout until an unsettled reservation counts as lost. */
const GRACE_SECONDS = 120;

/**
 * Reserves and books the cost of one call, attempt by attempt. {@link begin} reserves the worst-case cost, {@link
 * settle} books the actual cost in its own transaction, and {@link answered} returns a statement that books it in the
 * transaction of the result. Booking checks no fence and is idempotent by reference, so each attempt is booked once,
 * also when the work was cancelled or its claim was lost.
 */
export class Meter {
  readonly #payer: Payer;
  readonly #purchase: Purchase;
  #attempt = 0;
  #isReserved = false;

  constructor(payer: Payer, purchase: Purchase) {
    this.#payer = payer;
    this.#purchase = purchase;
  }

  get #reference(): string {
    return `${this.#purchase.reference}:${this.#attempt}`;
  }

  /**
   * Starts an attempt: reserves its worst-case cost, or as much as the budget covers and at least `least`.
   * @returns the amount that the attempt may cost
   * @throws OverBudget; errors of the guard
   */
  async begin(): Promise<string> {
    this.#attempt += 1;
    this.#isReserved = false;
    const { guard = [], isLimited = true, worstCase, least = worstCase } = this.#purchase;
    if (!isLimited || worstCase === '0') return worstCase;
    const reserve = insertReservation({
      runId: this.#payer.runId,
      nodeId: this.#payer.nodeId,
      reference: this.#reference,
      amount: worstCase,
      least,
      seconds: environment.MODEL_TIMEOUT_SECONDS + GRACE_SECONDS,
    });
    const reserved = reservedOf((await this.#payer.scoped.queryAll([...guard, reserve])).at(-1)?.[0]);
    const { answer, granted } = reserved;
    if (answer === 'ended') throw new OverBudget('run');
    if (answer === 'wait' || answer === 'refused') throw overBudget(reserved, answer === 'wait' ? worstCase : least);
    this.#isReserved = answer === 'reserved';
    return granted ?? worstCase;
  }

  /**
   * Settles an attempt whose result is not recorded: books the counted tokens, if any, and releases the reservation. A
   * turn is booked as `attempt`. Books nothing when {@link answered} has booked this attempt already.
   */
  async settle(usage: Usage | undefined): Promise<void> {
    if (usage === undefined) {
      if (this.#isReserved) await this.#send(releaseReservation(this.#reference, this.#payer.runId));
      return;
    }
    const { kind } = this.#purchase;
    await this.#send(this.#line(kind === 'turn' ? 'attempt' : kind, usage));
  }

  /** Returns a statement that books the attempt, for the transaction that records its result. */
  answered(usage: Usage, more: { cost?: string } = {}): Statement {
    return this.#line(this.#purchase.kind, usage, more);
  }

  /** The reference and the reservation of the attempt, for a statement that books it with its result. */
  get booking(): { reference: string; reservation: string | undefined } {
    return { reference: this.#reference, reservation: this.#isReserved ? this.#reference : undefined };
  }

  #line(kind: UsageLine['kind'], usage: Usage, more: { cost?: string } = {}): Statement {
    const { scoped: _scoped, ...payer } = this.#payer;
    return usageStatement({
      ...payer,
      ...more,
      kind,
      ...this.booking,
      choice: this.#purchase.choice,
      usage,
    });
  }

  /** Never throws: a reservation that could not be settled stays, and is written off after its expiry. */
  async #send(statement: Statement): Promise<void> {
    try {
      await sendWritten(await this.#payer.scoped.query(statement));
    } catch (error) {
      const { tenantId, runId } = this.#payer;
      log('warning', 'call not booked', {
        tenant_id: tenantId,
        ...(runId === undefined ? {} : { run_id: runId }),
        reference: this.#reference,
        error,
      });
    }
  }
}

/** Returns the result of `reserve_call`: its statement selects these columns. */
function reservedOf(row: Row | undefined): Reserved {
  return row as unknown as Reserved;
}

function overBudget({ answer, budget, spent, lost, set_aside: setAside, total }: Reserved, needed: string): OverBudget {
  const state = { spent: spent ?? '0', lost: lost ?? '0', setAside: setAside ?? '0', total: total ?? '0', needed };
  return new OverBudget(budget ?? 'run', { isTemporary: answer === 'wait', state });
}
