import { toDollars, unitsOf } from '../../platform/models/dollars.ts';
import type { Usage } from '../../platform/models/model.ts';

/** Thrown before a model call that the search's own budget does not cover. */
export class SearchBudgetExceeded extends Error {
  constructor() {
    super('The budget of the search does not cover another call');
    this.name = 'SearchBudgetExceeded';
  }
}

/** Counts what one search spends, with the same calls and prices as the ledger, and enforces the caller's limit. */
export class SearchBudget {
  readonly #limit: bigint | undefined;
  #spent = 0n;
  #reserved = 0n;
  #usage: Usage = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };

  /** `limit` is in US dollars; left out: the search has no limit of its own. */
  constructor(limit: number | undefined) {
    this.#limit = limit === undefined ? undefined : unitsOf(limit.toFixed(10));
  }

  get cost(): string {
    return toDollars(this.#spent);
  }

  get usage(): Usage {
    return this.#usage;
  }

  /** Returns whether the budget covers a call of this cost in addition to the reserved calls. */
  covers(worstCase: string): boolean {
    return this.#limit === undefined || this.#spent + this.#reserved + unitsOf(worstCase) <= this.#limit;
  }

  /**
   * Reserves the worst-case cost of a call while it runs, so that concurrent calls stay within the limit together.
   * @throws SearchBudgetExceeded
   */
  async reserve<Result>(worstCase: string, call: () => Promise<Result>): Promise<Result> {
    if (!this.covers(worstCase)) throw new SearchBudgetExceeded();
    this.#reserved += unitsOf(worstCase);
    try {
      return await call();
    } finally {
      this.#reserved -= unitsOf(worstCase);
    }
  }

  /** Books a call that took place, whether its answer was usable or not. */
  book(usage: Usage, cost: string): void {
    this.#spent += unitsOf(cost);
    this.#usage = {
      input_tokens: this.#usage.input_tokens + usage.input_tokens,
      output_tokens: this.#usage.output_tokens + usage.output_tokens,
      cached_tokens: this.#usage.cached_tokens + usage.cached_tokens,
    };
  }
}
