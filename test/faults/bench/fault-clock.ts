import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';

/**
 * A scripted Cloud Scheduler. It calls timers over HTTP at an interval, and tests can stop it or let it call
 * repeatedly.
 */
export interface FaultClock {
  /** Number of concurrent calls at each tick. 0 stops the scheduler. */
  copies: number;
  /** Calls a timer once. Returns the answer of each copy, or undefined for a copy without an answer. */
  fire(timer: string): Promise<(Record<string, number> | undefined)[]>;
  close(): void;
}

/** The sweepers that restart stalled runs. */
export const SWEEPERS = ['runs-sweep-outbox', 'runs-sweep-stalled', 'memory-sweep-sessions'];

export function startFaultClock(pickWorker: () => string | undefined, everyMs: number): FaultClock {
  let isClosed = false;
  const clock: FaultClock = {
    copies: 1,
    fire: (timer) => Promise.all(Array.from({ length: clock.copies }, () => fireOnce(pickWorker(), timer))),
    close: () => {
      isClosed = true;
      clearInterval(interval);
    },
  };
  // The clock does not call a sweeper that is still running. Tests can do that with `fire`.
  const busy = new Set<string>();
  const interval = setInterval(() => {
    for (const timer of SWEEPERS) {
      if (isClosed || busy.has(timer)) continue;
      busy.add(timer);
      void clock.fire(timer).finally(() => busy.delete(timer));
    }
  }, everyMs);
  return clock;
}

async function fireOnce(worker: string | undefined, timer: string): Promise<Record<string, number> | undefined> {
  if (worker === undefined) return undefined;
  const headers = { authorization: `Bearer ${await invokerToken(timer)}`, 'user-agent': 'Google-Cloud-Scheduler' };
  const signal = AbortSignal.timeout(30_000);
  const answer = await fetch(`${worker}/internal/timers/${timer}`, { method: 'POST', headers, signal }).catch(
    () => undefined,
  );
  return answer?.status === 200 ? ((await answer.json().catch(() => undefined)) as Record<string, number>) : undefined;
}
