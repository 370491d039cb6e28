import { request } from 'node:http';
import { Cron } from 'croner';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { log } from '../../functions/platform/log.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';

/**
 * Calls every timer by its schedule, as Cloud Scheduler does: over HTTP, with the invoker's token. Does not call a
 * timer that is still running. Returns a function that stops the clock.
 */
export function startClock(functions: readonly ServedFunction[], baseUrl: string): () => void {
  const stops = functions.filter(({ kind }) => kind === 'timer').map((timer) => schedule(timer, baseUrl));
  return () => {
    for (const stop of stops) stop();
  };
}

/**
 * A minute is the shortest period of Cloud Scheduler. A user at a laptop waits, so these timers run every two seconds.
 */
const EVERY_MINUTE = '* * * * *';
const EVERY_TWO_SECONDS = '*/2 * * * * *';

function schedule(timer: ServedFunction, baseUrl: string): () => void {
  const { schedule: pattern } = timer;
  if (pattern === undefined) throw new Error(`The timer ${timer.name} has no schedule`);
  const job = new Cron(
    pattern === EVERY_MINUTE ? EVERY_TWO_SECONDS : pattern,
    { timezone: 'UTC', protect: true, unref: true },
    () => fire(timer, baseUrl),
  );
  return () => job.stop();
}

/** Calls a timer once. Logs a failure; the timer is called again by its schedule. */
async function fire({ name, route }: ServedFunction, baseUrl: string): Promise<void> {
  try {
    const headers = { authorization: `Bearer ${await invokerToken(name)}`, 'user-agent': 'Google-Cloud-Scheduler' };
    const status = await post(`${baseUrl}${route.path}`, headers);
    if (status !== 200) log('warning', 'timer failed', { function: name, status });
  } catch (error) {
    log('warning', 'timer not called', { function: name, error });
  }
}

function post(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: { ...headers, 'content-length': '0' } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    call.once('error', reject);
    call.end();
  });
}
