/** A program that runs the chain: its file, its variant and environment, and its label in the table. */
export interface Contestant {
  label: string;
  file: URL;
  variant: string;
  environment?: Record<string, string>;
}

const ours = (label: string, variant: string): Contestant => ({
  label,
  file: new URL('product.ts', import.meta.url),
  variant,
});
const floor = (label: string, variant: string): Contestant => ({
  label,
  file: new URL('floor.ts', import.meta.url),
  variant,
});
const peer = (label: string, file: string, environment: Record<string, string> = {}): Contestant => ({
  label,
  file: new URL(`../peers/${file}`, import.meta.url),
  variant: 'chain',
  environment,
});

export const OURS = {
  step: ours('ApexFlow step, one round trip', 'step'),
  turn: ours('ApexFlow turn of the engine, 2 round trips', 'turn'),
};

export const FLOOR = {
  transaction: floor('bare server, transaction of 4 round trips', 'transaction'),
  one_statement: floor('bare server, one fenced statement', 'one-statement'),
};

/** Other products, each with its fastest settings for this chain. */
export const PEERS = {
  graphile_worker: peer('graphile-worker 0.18.0', 'graphile-worker.mjs'),
  graphile_worker_batching: peer('graphile-worker 0.18.0, local queue', 'graphile-worker.mjs', { LOCAL_QUEUE: '1' }),
  pg_boss: peer('pg-boss 12.38.0, NOTIFY and batches', 'pg-boss.mjs'),
  dbos: peer('DBOS 5.3.0, workflow of 5 steps', 'dbos.mjs'),
  dbos_queue: peer('DBOS 5.3.0, the same by its queue', 'dbos.mjs', { DBOS_QUEUE: '1' }),
};
