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

/** Who pays, and whose statements book it: the scope of the tenant. */
export interface Payer {
  scoped: Scoped;
  tenantId: string;
  userId: string;
  runId?: string | undefined;
  nodeId?: string | undefined;
}

/** What is bought. Each try of it has a reference of its own, `<reference>:<try>`. */
export interface Purchase {
  /** How an answer is booked; a try that fails is an `attempt` of it where it is a turn, else of the same kind. */
  kind: UsageLine['kind'];
  reference: string;
  choice: Bought;
  /** The most that one try can cost, US dollars as exact decimal text. */
  worstCase: string;
  /** Statements that go before the reservation in its transaction, such as a fence. */
  guard?: readonly Statement[];
  /** False where the buyer knows that no budget binds: nothing is reserved then. */
  isLimited?: boolean;
}

export { findSecondsUntilTomorrow };

/** The budget does not cover the next call; nothing was asked. */
export class OverBudget extends Error {
  /** `run`: for good. `day`: until the next day (UTC). */
  readonly budget: 'run' | 'day';

  constructor(budget: 'run' | 'day') {
    super(budget === 'run' ? 'The budget of the run is used up' : "The tenant's budget of the day is used up");
    this.name = 'OverBudget';
    this.budget = budget;
  }
}

/** What a call may take beyond the model's own time limit before its reservation counts as lost. */
const PATIENCE_SECONDS = 120;

/**
 * The money of one bought call, try by try: {@link begin} reserves the most that a try can cost, {@link settle} books what it did, on its own; {@link answered}
 * does it in the transaction of what was bought. Settling is by a unique reference and without a fence, so whatever happened to the work, each try is booked
 * once.
 */
export class Meter {
  readonly #payer: Payer;
  readonly #purchase: Purchase;
  #try = 0;
  #isReserved = false;

  constructor(payer: Payer, purchase: Purchase) {
    this.#payer = payer;
    this.#purchase = purchase;
  }

  get #reference(): string {
    return `${this.#purchase.reference}:${this.#try}`;
  }

  /** @throws OverBudget; what the guard throws */
  async begin(): Promise<void> {
    this.#try += 1;
    this.#isReserved = false;
    const { guard = [], isLimited = true, worstCase } = this.#purchase;
    if (!isLimited || worstCase === '0') return;
    const reserve = insertReservation({
      runId: this.#payer.runId,
      reference: this.#reference,
      amount: worstCase,
      seconds: environment.MODEL_TIMEOUT_SECONDS + PATIENCE_SECONDS,
    });
    const answer = reservedOf((await this.#payer.scoped.queryAll([...guard, reserve])).at(-1)?.[0]);
    if (answer === 'run' || answer === 'day') throw new OverBudget(answer);
    this.#isReserved = answer === 'reserved';
  }

  /**
   * Settles a try that is over on its own: books the tokens that were counted, if any, and returns what was reserved. A turn that is settled so is an attempt:
   * it was not recorded; if it was after all, nothing is booked.
   */
  async settle(usage: Usage | undefined): Promise<void> {
    if (usage === undefined) {
      if (this.#isReserved) await this.#send(releaseReservation(this.#reference));
      return;
    }
    const { kind } = this.#purchase;
    await this.#send(this.#line(kind === 'turn' ? 'attempt' : kind, usage));
  }

  /** Books the answered try as a statement, for the transaction of what it was for. */
  answered(usage: Usage, more: { cost?: string; nextTurn?: number } = {}): Statement {
    return this.#line(this.#purchase.kind, usage, more);
  }

  #line(kind: UsageLine['kind'], usage: Usage, more: { cost?: string; nextTurn?: number } = {}): Statement {
    const { scoped: _scoped, ...payer } = this.#payer;
    return usageStatement({
      ...payer,
      ...more,
      kind,
      reference: this.#reference,
      choice: this.#purchase.choice,
      usage,
      reservation: this.#isReserved ? this.#reference : undefined,
    });
  }

  /** The work goes on or ends as it would have: what could not be settled stays reserved, and is written off when its time is over. */
  async #send(statement: Statement): Promise<void> {
    try {
      await this.#payer.scoped.query(statement);
    } catch (error) {
      const { tenantId, runId } = this.#payer;
      log('warning', 'a call of a model could not be booked', {
        tenant_id: tenantId,
        ...(runId === undefined ? {} : { run_id: runId }),
        reference: this.#reference,
        error,
      });
    }
  }
}

/** What `reserve_call` answers; its text is the SQL function's, which has these four. */
function reservedOf(row: Row | undefined): Reserved {
  return row?.reserved as Reserved;
}
