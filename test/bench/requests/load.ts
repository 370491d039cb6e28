import autocannon from 'autocannon';
import { PEOPLE } from '../database.ts';
import { rounded } from '../figures.ts';
import { answerOrders } from '../peer.ts';
import { type LoadFigures, LoadOrder } from './load-figures.ts';

/** The load generator. It has its own process, so that its cost is not part of a server's. */

/** Requests of each connection: rows from the whole table. */
const PATHS = Array.from({ length: 500 }, (_, index) => `/api/v1/bench/people/${1 + ((index * 7919) % PEOPLE)}`);

async function load({ url, token, seconds, connections }: LoadOrder): Promise<LoadFigures> {
  const durations: number[] = [];
  const ended = Promise.withResolvers<autocannon.Result>();
  const run = autocannon(
    {
      url,
      connections,
      duration: seconds,
      headers: { authorization: `Bearer ${token}` },
      requests: PATHS.map((path) => ({ path })),
    },
    (error, result) => (error ? ended.reject(error) : ended.resolve(result)),
  );
  // autocannon's own histogram counts whole milliseconds.
  run.on('response', (_client, _status, _bytes, milliseconds) => durations.push(milliseconds));
  const result = await ended.promise;
  const failures = result.errors + result.non2xx + result.timeouts;
  if (failures > 0) throw new Error(`${failures} of ${result.requests.total} requests to ${url} failed`);
  durations.sort((one, other) => one - other);
  const at = (share: number) => rounded(durations[Math.floor(durations.length * share)] ?? Number.NaN, 2);
  return {
    requests_per_second: rounded(result.requests.total / result.duration, 0),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
  };
}

answerOrders(LoadOrder, load);
