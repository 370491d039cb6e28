import { environment } from './environment.ts';
import { DatabaseAway, FenceLost } from './errors.ts';
import { type LogFields, log } from './log.ts';

/**
 * Seconds that a claim lasts without renewal. Short on a laptop, so that work resumes soon after a killed process is
 * started again; long in the cloud, so that a slow database does not cost claims.
 */
export const LEASE_SECONDS = environment.LEASE_SECONDS ?? (environment.isCloud ? 60 : 6);
/** The longest time between two renewals. A worker also learns from a renewal that its work was cancelled. */
const LONGEST_HEARTBEAT_MS = 2_000;
/**
 * A renewal may fail, for example while Postgres restarts. When none has succeeded for this long the work stops, well
 * before another worker may claim it.
 */
const UNRENEWED_MS = (LEASE_SECONDS * 1000) / 2;

export interface LeaseTerms {
  /** Names the claimed work in errors and logs: `The node backend`. */
  name: string;
  /**
   * Extends the claim by {@link LEASE_SECONDS} if its fence still matches and it was not released. Returns false when a
   * newer claim has the work, or it has ended. The statement may arrive after the release and must not bring the lease
   * back: the next worker would wait for a lease that nobody holds.
   */
  renew: () => Promise<boolean>;
  /** Other signals that end the work. */
  stops: readonly AbortSignal[];
  fields?: LogFields;
}

/**
 * Renews a claim while work goes on. The claim of a process that died ends within {@link LEASE_SECONDS}, however long
 * the work takes. `signal` aborts work outside the database as soon as the claim is lost. Writes are not protected by
 * the lease but by the fence of the claim.
 */
export class Lease {
  readonly signal: AbortSignal;
  /** Aborted with {@link FenceLost} when the claim is lost, and only then. */
  readonly lost: AbortSignal;
  readonly #terms: LeaseTerms;
  readonly #lost = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();
  #isEnding = false;
  /** When the last successful renewal was sent, by the clock of this process. */
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

  /**
   * Call before the release, so that a renewal already in flight is not reported as a lost lease. A release that comes
   * after the lease has expired is still a loss.
   */
  end(): void {
    this.#isEnding = true;
  }

  /** Ends the lease as lost: a write found the fence of a newer claim. */
  lose(): void {
    clearInterval(this.#heartbeat);
    this.#lost.abort(new FenceLost(this.#terms.name));
  }

  /** Stops renewing. A claim that is not released expires. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    const sentAt = performance.now();
    // A renewal may also hang: it neither succeeds nor fails.
    if (sentAt - this.#renewedAt > UNRENEWED_MS) return this.lose();
    try {
      if (!(await this.#terms.renew()) && !this.#isEnding) this.lose();
      this.#renewedAt = Math.max(this.#renewedAt, sentAt);
    } catch (error) {
      log('warning', 'a lease could not be renewed', { ...this.#terms.fields, error });
      // Work stops when its claim cannot be renewed. The next claim continues from the recorded state.
      if (!(error instanceof DatabaseAway)) this.lose();
    }
  }
}
