import { toDollars, unitsOf } from '../../platform/models/dollars.ts';
import type { ModelChoice, Usage } from '../../platform/models/model.ts';
import { costOf } from '../../platform/models/prices.ts';

/** The budget that the caller gave to this search does not cover the next call; nothing was asked. */
export class PurseEmpty extends Error {
  constructor() {
    super('The budget of the search does not cover another call');
    this.name = 'PurseEmpty';
  }
}

/** What one search spends: the same calls at the same prices as in the ledger, and what its caller allows. */
export class Purse {
  readonly #most: bigint | undefined;
  #spent = 0n;
  #usage: Usage = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };

  /** `most` in US dollars; no limit of its own if left out. */
  constructor(most: number | undefined) {
    this.#most = most === undefined ? undefined : unitsOf(most.toFixed(10));
  }

  get cost(): string {
    return toDollars(this.#spent);
  }

  get usage(): Usage {
    return this.#usage;
  }

  covers(worstCase: string): boolean {
    return this.#most === undefined || this.#spent + unitsOf(worstCase) <= this.#most;
  }

  /** A call that was booked, whatever became of its answer. */
  booked(choice: ModelChoice, usage: Usage): void {
    this.#spent += unitsOf(costOf(choice, usage, new Date()));
    this.#usage = {
      input_tokens: this.#usage.input_tokens + usage.input_tokens,
      output_tokens: this.#usage.output_tokens + usage.output_tokens,
      cached_tokens: this.#usage.cached_tokens + usage.cached_tokens,
    };
  }
}
