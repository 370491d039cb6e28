import type { Row, Statement } from '../platform/database/batch.ts';
import type { Scoped } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import type { Usage } from '../platform/models/model.ts';
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
  /** Statements that run before the reservation in the same transaction, such as a check of the fence. */
  guard?: readonly Statement[];
  /** False when the caller knows that no budget applies; then nothing is reserved. */
  isLimited?: boolean;
}

export { findSecondsUntilTomorrow };

/** Thrown before a call when the budget does not cover its worst-case cost. */
export class OverBudget extends Error {
  /** `run`: the run can buy nothing more. `day`: the tenant can buy again on the next day (UTC). */
  readonly budget: 'run' | 'day';

  constructor(budget: 'run' | 'day') {
    super(budget === 'run' ? 'The budget of the run is used up' : "The tenant's budget of the day is used up");
    this.name = 'OverBudget';
    this.budget = budget;
  }
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
   * Starts an attempt: reserves its worst-case cost.
   * @throws OverBudget; errors of the guard
   */
  async begin(): Promise<void> {
    this.#attempt += 1;
    this.#isReserved = false;
    const { guard = [], isLimited = true, worstCase } = this.#purchase;
    if (!isLimited || worstCase === '0') return;
    const reserve = insertReservation({
      runId: this.#payer.runId,
      reference: this.#reference,
      amount: worstCase,
      seconds: environment.MODEL_TIMEOUT_SECONDS + GRACE_SECONDS,
    });
    const answer = reservedOf((await this.#payer.scoped.queryAll([...guard, reserve])).at(-1)?.[0]);
    if (answer === 'run' || answer === 'day') throw new OverBudget(answer);
    this.#isReserved = answer === 'reserved';
  }

  /**
   * Settles an attempt whose result is not recorded: books the counted tokens, if any, and releases the reservation. A
   * turn is booked as `attempt`. Books nothing when {@link answered} has booked this attempt already.
   */
  async settle(usage: Usage | undefined): Promise<void> {
    if (usage === undefined) {
      if (this.#isReserved) await this.#send(releaseReservation(this.#reference));
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
      await this.#payer.scoped.query(statement);
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

/** Returns the result of `reserve_call`, which is one of these four texts. */
function reservedOf(row: Row | undefined): Reserved {
  return row?.reserved as Reserved;
}
