import type { ServerResponse } from 'node:http';
import { Problem } from '../errors.ts';

/**
 * Limits what requests hold at the same time in this process: bytes of bodies, open streams. Each caller has a share,
 * so that no caller can use up the limit of the process alone.
 */
export interface Budget {
  /**
   * Takes an amount for a caller and returns the function that gives it back.
   * @throws Problem 429 above the caller's share; 503 above the limit of the process
   */
  take(caller: string, amount: number): () => void;
}

export interface BudgetLimits {
  /** What is limited, for the caller: `open streams`. */
  what: string;
  perCaller: number;
  perProcess: number;
}

const RETRY_AFTER_SECONDS = 5;

export function createBudget({ what, perCaller, perProcess }: BudgetLimits): Budget {
  const held = new Map<string, number>();
  let total = 0;
  const add = (caller: string, amount: number) => {
    const sum = (held.get(caller) ?? 0) + amount;
    total += amount;
    if (sum > 0) held.set(caller, sum);
    else held.delete(caller);
  };
  return {
    take: (caller, amount) => {
      const options = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      if ((held.get(caller) ?? 0) + amount > perCaller)
        throw new Problem(
          'too-many-requests',
          `You have too many ${what}; ${perCaller} are allowed at a time.`,
          options,
        );
      if (total + amount > perProcess)
        throw new Problem('not-ready', `This server has too many ${what} at the moment. Try again.`, options);
      add(caller, amount);
      let isHeld = true;
      return () => {
        if (isHeld) add(caller, -amount);
        isHeld = false;
      };
    },
  };
}

const MIB = 1024 * 1024;

/** Bytes of bodies from their first byte to the end of the reply. The largest body of a caller has 8 MiB. */
export const BODY_BYTES = createBudget({ what: 'bytes of request bodies', perCaller: 16 * MIB, perProcess: 64 * MIB });

/** Bytes of large replies until the caller has received them. A file of 16 MiB takes 38 MiB: its bytes and its JSON. */
export const REPLY_BYTES = createBudget({
  what: 'bytes of unread replies',
  perCaller: 80 * MIB,
  perProcess: 160 * MIB,
});

/** Replies that are streamed: events, downloads. Each has buffers of about 200 KB, and a stream of events polls. */
export const OPEN_STREAMS = createBudget({ what: 'open streams', perCaller: 100, perProcess: 500 });

/** Requests that wait for a job with `?wait=`. */
export const WAITING = createBudget({ what: 'waiting requests', perCaller: 100, perProcess: 500 });

/** Connections of WebSockets. The second bound is Cloud Run's limit of concurrent requests of an instance. */
export const OPEN_SOCKETS = createBudget({ what: 'open connections', perCaller: 20, perProcess: 1_000 });

/** Connections that have not signed in yet, by network. Each lasts five seconds at most. */
export const UNKNOWN_SOCKETS = createBudget({
  what: 'connections that have not signed in',
  perCaller: 100,
  perProcess: 500,
});

/** Takes from a budget until the reply of the request has ended. */
export type Hold = (budget: Budget, amount: number) => void;

/**
 * Returns the function that takes for a request.
 * @param caller undefined for our own services: nothing is taken, because the queue bounds what they do at a time
 */
export function holdUntilClosed(response: ServerResponse, caller: string | undefined): Hold {
  if (caller === undefined) return () => undefined;
  let releases: (() => void)[] | undefined;
  return (budget, amount) => {
    if (response.closed) throw new Error('The caller disconnected');
    if (releases === undefined) {
      const taken: (() => void)[] = [];
      releases = taken;
      response.once('close', () => {
        for (const release of taken) release();
      });
    }
    releases.push(budget.take(caller, amount));
  };
}
