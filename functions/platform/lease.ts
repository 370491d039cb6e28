import { environment } from './environment.ts';
import { DatabaseAway, FenceLost } from './errors.ts';
import { type LogFields, log } from './log.ts';

/** How long a claim lasts without renewal. A laptop that was killed goes on soon after its restart; in the cloud a slow database must not cost claims. */
export const LEASE_SECONDS = environment.LEASE_SECONDS ?? (environment.isCloud ? 60 : 6);
/** A claim is renewed this often at least, because that is also how a worker notices that its work was cancelled. */
const LONGEST_HEARTBEAT_MS = 2_000;
/** A renewal may fail, as when Postgres restarts; the work stops when none has succeeded for this long, well before anybody else may claim it. */
const UNRENEWED_MS = (LEASE_SECONDS * 1000) / 2;

export interface LeaseTerms {
  /** What is held, as errors and logs name it: `The node backend`. */
  name: string;
  /**
   * Prolongs the claim by {@link LEASE_SECONDS} where its fence still matches and it was not given back; false when the claim is another's or over. It may arrive
   * after what gives the claim back, and must not bring it back: whoever goes on would wait for a lease that nobody holds.
   */
  renew: () => Promise<boolean>;
  /** What else ends the work. */
  stops: readonly AbortSignal[];
  fields?: LogFields;
}

/**
 * Renews a claim while somebody works under it, so that the claim of a process that died ends within {@link LEASE_SECONDS} however long the work takes. `signal`
 * aborts what runs outside the database as soon as the claim is lost; what is written is fenced by the claim itself, never by this.
 */
export class Lease {
  readonly signal: AbortSignal;
  /** Aborted with {@link FenceLost} when the claim itself is gone, whatever else has stopped. */
  readonly lost: AbortSignal;
  readonly #terms: LeaseTerms;
  readonly #lost = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #isEnding = false;
  /** Before the last renewal that succeeded was sent, in the clock of this process. */
  #renewedAt = performance.now();

  constructor(terms: LeaseTerms) {
    this.#terms = terms;
    this.lost = this.#lost.signal;
    this.signal = AbortSignal.any([this.lost, ...terms.stops]);
    this.#heartbeat = setInterval(
      () => {
        this.#beating = this.#beat();
      },
      Math.min((LEASE_SECONDS * 1000) / 3, LONGEST_HEARTBEAT_MS),
    );
  }

  /** Who is about to give the claim back says so first: a renewal that then finds it gone is no loss. Given back too late, it is one still. */
  end(): void {
    this.#isEnding = true;
  }

  /** Ends it as lost: a write has found that the fence is another's. */
  lose(): void {
    clearInterval(this.#heartbeat);
    this.#lost.abort(new FenceLost(this.#terms.name));
  }

  /** Stops renewing. What is not released ends with its lease. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    const sentAt = performance.now();
    // Also when a renewal neither succeeds nor fails.
    if (sentAt - this.#renewedAt > UNRENEWED_MS) return this.lose();
    try {
      if (!(await this.#terms.renew()) && !this.#isEnding) this.lose();
      this.#renewedAt = Math.max(this.#renewedAt, sentAt);
    } catch (error) {
      log('warning', 'a lease could not be renewed', { ...this.#terms.fields, error });
      // Rule 4 of the engine: what cannot be renewed stops the work; whoever claims next goes on from what is recorded.
      if (!(error instanceof DatabaseAway)) this.lose();
    }
  }
}
