import pg from 'pg';
import { ChainOrder, chainIds, runChains, StartClock } from '../chain/load.ts';
import { answerOrders } from '../peer.ts';

/**
 * What the peers have in common. Each records the same kilobyte for each step durably and once, in whatever way its own documentation has for that, and starts the
 * next step by its own queue. None of them pushes over HTTP, checks a token, separates tenants or fences a worker that has lost its claim.
 */

export const clock = new StartClock();
export const nameOf = (chain, step) => `${chain}:${step}`;

const waiting = new Map();

/** The last step of a chain is done. */
export function endChain(chain) {
  waiting.get(chain)?.();
}

/** Answers orders by running chains; `startChain` enqueues a chain's first step. */
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

/** Where peers without a place for results of their own record what a step said. */
export async function createRecordTable(databaseUrl) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  await client.query(
    'create table if not exists peer_records (chain_id text, step integer, body jsonb not null, created_at timestamptz not null default now(), primary key (chain_id, step))',
  );
  await client.end();
}
