import { request } from 'node:http';
import { Cron } from 'croner';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { log } from '../../functions/platform/log.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';

/**
 * Cloud Scheduler on a laptop: fires every timer by its schedule, over HTTP, with the invoker's token. A timer that still runs is not fired again.
 * @returns how to stop it
 */
export function startClock(functions: readonly ServedFunction[], baseUrl: string): () => void {
  const stops = functions.filter(({ kind }) => kind === 'timer').map((timer) => schedule(timer, baseUrl));
  return () => {
    for (const stop of stops) stop();
  };
}

/** Cron's finest step, which the cloud pays for, is coarse for somebody who watches: what is due every minute there is due every two seconds here. */
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

/** Fires once; a failure is logged, and the next time comes anyway. */
async function fire({ name, route }: ServedFunction, baseUrl: string): Promise<void> {
  try {
    const headers = { authorization: `Bearer ${await invokerToken(name)}`, 'user-agent': 'Google-Cloud-Scheduler' };
    const status = await post(`${baseUrl}${route.path}`, headers);
    if (status !== 200) log('warning', `the timer ${name} answered ${status}`, { function: name });
  } catch (error) {
    log('warning', `the timer ${name} could not be fired`, { function: name, error });
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
