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
  #held = 0n;
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

  /** Whether it covers a call that may cost so much, beside those that are held. */
  covers(worstCase: string): boolean {
    return this.#most === undefined || this.#spent + this.#held + unitsOf(worstCase) <= this.#most;
  }

  /** Puts the most that a call can cost aside while it goes on, for calls beside each other. @throws PurseEmpty */
  async holding<Result>(worstCase: string, call: () => Promise<Result>): Promise<Result> {
    if (!this.covers(worstCase)) throw new PurseEmpty();
    this.#held += unitsOf(worstCase);
    try {
      return await call();
    } finally {
      this.#held -= unitsOf(worstCase);
    }
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
