import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { timer } from '../../functions/platform/timer.ts';
import { startClock } from '../../scripts/local/clock.ts';
import { openGateway } from '../../scripts/local/gateway.ts';
import { expectLoggedError } from '../support/setup-log.ts';

/** The time of the schedules is faked. HTTP and the tokens are real. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.UTC(2030, 0, 1, 12, 0, 0, 500) });
});
const stops: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** Starts a clock with a timer for each schedule. */
async function startTimers(timers: { schedule: string; handler: () => Promise<Record<string, number>> }[]) {
  const served = timers.map(({ schedule, handler }, index) =>
    timer({ name: `test-sweep-${index}`, schedule }).handle(handler),
  );
  const gateway = await openGateway(served, { port: 0, host: '127.0.0.1', concurrency: 1 });
  stops.push(gateway.close, startClock(served, gateway.url));
}

/**
 * Advances the faked time in steps, and then waits in real time until a timer was called this many times. After each
 * step, a request has ten real milliseconds to arrive, so that an additional call is noticed.
 */
async function pass(milliseconds: number, fired: () => number, times: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= STEP_MS) {
    await vi.advanceTimersByTimeAsync(Math.min(left, STEP_MS));
    const settled = performance.now() + 10;
    while (performance.now() < settled) await nextTurn();
  }
  while (fired() < times) await nextTurn();
  expect(fired()).toBe(times);
}

const STEP_MS = 500;

/** Waits for the next turn of the event loop, in which sockets are read. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('calls timers of every minute every two seconds, with a token that they accept, also after a failure', async () => {
  expectLoggedError(/the first call fails/);
  let fired = 0;
  const handler = async () => {
    fired += 1;
    if (fired === 1) throw new Error('the first call fails');
    return { swept: 0 };
  };
  await startTimers([{ schedule: '* * * * *', handler }]);
  // The time starts at 12:00:00.500. Calls are due at even seconds.
  await pass(1_400, () => fired, 0);
  await pass(200, () => fired, 1);
  await pass(2_000, () => fired, 2);
  await pass(2_000, () => fired, 3);
});

/** Returns a timer that counts its calls. */
function countingTimer(schedule = '* * * * *', answer: () => Promise<Record<string, number>> = async () => ({})) {
  const timer = {
    schedule,
    calls: 0,
    handler: () => {
      timer.calls += 1;
      return answer();
    },
  };
  return timer;
}

it('does not call a timer that is still running', async () => {
  const ended = Promise.withResolvers<Record<string, number>>();
  const [slow, quick] = [countingTimer(undefined, () => ended.promise), countingTimer()];
  await startTimers([slow, quick]);
  // The second timer is called after the first, so its count shows when the first would have been called.
  for (const calls of [1, 2, 3]) await pass(2_000, () => quick.calls, calls);
  expect(slow.calls).toBe(1);
  ended.resolve({});
  // The answer takes some turns of the event loop. The timer is called when it is due after that.
  while (slow.calls < 2) {
    await vi.advanceTimersByTimeAsync(1_000);
    await nextTurn();
  }
});

it('calls timers with other schedules when they are due, not every two seconds', async () => {
  const [yearly, quick] = [countingTimer('0 0 1 1 *'), countingTimer()];
  await startTimers([yearly, quick]);
  for (const calls of [1, 2]) await pass(2_000, () => quick.calls, calls);
  expect(yearly.calls).toBe(0);
});
