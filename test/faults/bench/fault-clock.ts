import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';

/** Cloud Scheduler, scripted: fires timers by name over HTTP at an interval, at least once, and as often, as late or as never as a test wants. */
export interface FaultClock {
  /** How many times at once each tick fires; 0 while the scheduler is away. */
  copies: number;
  /** Fires once; answers what each copy answered, undefined where nobody did. */
  fire(timer: string): Promise<(Record<string, number> | undefined)[]>;
  close(): void;
}

/** The sweepers that make a run go on (engine.md, rule 6). */
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
  // One that still sweeps is not fired again by the clock; a test that wants that fires it.
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
