import { afterEach, expect, it } from 'vitest';
import { timer } from '../../functions/platform/timer.ts';
import { startClock } from '../../scripts/local/clock.ts';
import { type Gateway, openGateway } from '../../scripts/local/gateway.ts';
import { expectLoggedError } from '../support/setup-log.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function clockOf(schedule: string, handler: () => Promise<Record<string, number>>): Promise<Gateway> {
  const sweep = timer({ name: 'test-sweep', schedule }).handle(handler);
  const gateway = await openGateway([sweep], { port: 0, host: '127.0.0.1', concurrency: 1 });
  stops.push(gateway.close, startClock([sweep], gateway.url));
  return gateway;
}

it('fires what is due every minute every two seconds, with a token that the timer accepts, and goes on after a failure', async () => {
  expectLoggedError(/the first time fails/);
  let fired = 0;
  await clockOf('* * * * *', async () => {
    fired += 1;
    if (fired === 1) throw new Error('the first time fails');
    return { swept: 0 };
  });
  await expect.poll(() => fired, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
});

it('does not fire a timer that still runs', async () => {
  let running = 0;
  let most = 0;
  let fired = 0;
  await clockOf('* * * * *', async () => {
    fired += 1;
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    running -= 1;
    return {};
  });
  await expect.poll(() => fired, { timeout: 15_000 }).toBe(2);
  expect(most).toBe(1);
});

it('leaves other schedules as they are', async () => {
  let fired = 0;
  await clockOf('0 0 1 1 *', async () => {
    fired += 1;
    return {};
  });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(fired).toBe(0);
});
