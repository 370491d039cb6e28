import { Logger, run, runMigrations } from 'graphile-worker';
import { IN_FLIGHT, POOL_SIZE, RECORD, STEPS } from '../chain/load.ts';
import { answerWithChains, clock, createRecordTable, endChain, nameOf } from './chain-of-peer.mjs';

/**
 * graphile-worker as its performance page recommends: `add_job` in the statement that inserts the record (one round
 * trip, atomic, idempotent by the record's key), and workers woken by NOTIFY. LOCAL_QUEUE fetches and completes jobs in
 * batches, which is its fastest setting.
 */

const connectionString = process.env.OWNER_URL;
const logger = new Logger(() => () => undefined);
await createRecordTable(connectionString);
await runMigrations({ connectionString, logger });

const RECORD_AND_ADD = `with recorded as (
    insert into peer_records (chain_id, step, body) values ($1, $2, $3) on conflict do nothing returning 1)
  select graphile_worker.add_job('step', $4::json) from recorded`;
const RECORD_ONLY = 'insert into peer_records (chain_id, step, body) values ($1, $2, $3) on conflict do nothing';

async function takeStep({ chain, step }, { withPgClient }) {
  clock.started(nameOf(chain, step));
  const values = [chain, step, RECORD];
  if (step === STEPS) {
    await withPgClient((client) => client.query({ name: 'record', text: RECORD_ONLY, values }));
    endChain(chain);
    return;
  }
  const next = JSON.stringify({ chain, step: step + 1 });
  await withPgClient((client) =>
    client.query({ name: 'record-and-add', text: RECORD_AND_ADD, values: [...values, next] }),
  );
  clock.due(nameOf(chain, step + 1));
}

const batching = { localQueue: { size: IN_FLIGHT + 1 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
const worker = await run({
  preset: {
    worker: {
      connectionString: process.env.DATABASE_URL,
      // One more, because the connection that listens is part of the pool.
      maxPoolSize: POOL_SIZE + 1,
      concurrentJobs: IN_FLIGHT,
      logger,
      ...(process.env.LOCAL_QUEUE ? batching : {}),
    },
  },
  noHandleSignals: true,
  taskList: { step: takeStep },
});

answerWithChains((chain) => worker.addJob('step', { chain, step: 1 }));
