import pg from 'pg';
import { ChainOrder, chainIds, runChains, StartClock } from '../chain/load.ts';
import { answerOrders } from '../peer.ts';

/**
 * The common part of the peers. Each stores the same kilobyte for each step durably and once, in the way that its
 * documentation describes, and starts the next step with its own queue. No peer pushes over HTTP, verifies a token,
 * separates tenants or fences a worker that has lost its claim.
 */

export const clock = new StartClock();
export const nameOf = (chain, step) => `${chain}:${step}`;

const waiting = new Map();

/** Call after the last step of a chain. */
export function endChain(chain) {
  waiting.get(chain)?.();
}

/** Runs chains for each order. `startChain` enqueues the first step of a chain. */
export function answerWithChains(startChain) {
  answerOrders(ChainOrder, ({ seconds }) =>
    runChains(seconds, chainIds(seconds), clock, async (chain) => {
      const ended = Promise.withResolvers();
      waiting.set(chain, ended.resolve);
      await startChain(chain);
      await ended.promise;
      waiting.delete(chain);
    }),
  );
}

/** Creates the table of records, for peers that do not store results themselves. */
export async function createRecordTable(databaseUrl) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    'create table if not exists peer_records (chain_id text, step integer, body jsonb not null, created_at timestamptz not null default now(), primary key (chain_id, step))',
  );
  await client.end();
}
