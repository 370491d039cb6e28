import autocannon from 'autocannon';
import { rounded } from '../figures.ts';
import { answerOrders } from '../peer.ts';
import { type ClientsFigures, ClientsOrder } from './clients.ts';

/** The load generator. Each client is a user, and sends its next request when it has the last answer. */

const profile = { method: 'GET', path: '/api/v1/user/profile' } as const;
const post = (path: string, body: object) =>
  ({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) as const;

/** `everything`: what a console and an agent with a memory ask. */
const REQUESTS = {
  profile: [profile],
  everything: [
    profile,
    { method: 'GET', path: '/api/v1/sprints' },
    { method: 'GET', path: '/api/v1/memory' },
    post('/api/v1/memory/search', { query: 'Where do I live?' }),
    { method: 'GET', path: '/api/v1/user/usage' },
    { method: 'GET', path: '/api/v1/tenant' },
    { method: 'GET', path: '/api/v1/memory/entities' },
    post('/api/v1/memory', { text: 'I live in Rome.' }),
  ],
} as const;

async function load({ url, tokens, mix, seconds }: ClientsOrder): Promise<ClientsFigures> {
  const durations: number[] = [];
  const statuses: Record<string, number> = {};
  const ended = Promise.withResolvers<autocannon.Result>();
  const waiting = tokens.values();
  const startedAt = performance.now();
  const answeredAt = new Map<unknown, number>();
  const run = autocannon(
    {
      url,
      connections: tokens.length,
      duration: seconds,
      timeout: 30,
      setupClient: (client) => {
        const headers = { authorization: `Bearer ${waiting.next().value}` };
        client.setRequests(
          REQUESTS[mix].map((request) => ({
            ...request,
            headers: { ...('headers' in request ? request.headers : {}), ...headers },
          })),
        );
      },
    },
    (error, result) => (error ? ended.reject(error) : ended.resolve(result)),
  );
  // autocannon's own histogram counts whole milliseconds.
  run.on('response', (client, status, _bytes, milliseconds) => {
    durations.push(milliseconds);
    answeredAt.set(client, performance.now());
    statuses[status] = (statuses[status] ?? 0) + 1;
  });
  const result = await ended.promise;
  // Requests without an answer at the end count as well.
  const endedAt = performance.now();
  const unanswered = [...answeredAt.values()].map((time) => endedAt - time);
  const silent = answeredAt.size < tokens.length ? [endedAt - startedAt] : [];
  durations.sort((one, other) => one - other);
  const at = (share: number) => rounded(durations[Math.floor(durations.length * share)] ?? Number.NaN, 1);
  return {
    requests_per_second: rounded(result.requests.total / result.duration, 0),
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    longest_ms: rounded(Math.max(durations.at(-1) ?? 0, ...unanswered, ...silent), 1),
    errors: result.errors + result.non2xx + result.timeouts,
    statuses,
  };
}

answerOrders(ClientsOrder, load);
