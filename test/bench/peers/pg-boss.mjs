import { PgBoss } from 'pg-boss';
import { IN_FLIGHT, POOL_SIZE, RECORD, STEPS } from '../chain/load.ts';
import { answerWithChains, clock, endChain, nameOf } from './chain-of-peer.mjs';

/**
 * pg-boss with workers woken by NOTIFY (the minimum of its polling interval is half a second). The record of a step is
 * the output of its job. The id of the next job is derived from the chain, so a repeated step does not start it twice.
 */

const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL,
  max: POOL_SIZE,
  useListenNotify: true,
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue('step', { notify: true });

const output = JSON.parse(RECORD);
/** The best of the tried settings: each notification wakes all single-job workers, and all but one fetch nothing. */
const BATCHES = { localConcurrency: 4, batchSize: IN_FLIGHT / 2, burstWhenBatchFull: true, perJobResults: true };

async function takeStep({ chain, step }) {
  clock.started(nameOf(chain, step));
  if (step === STEPS) endChain(chain);
  else {
    await boss.send('step', { chain, step: step + 1 }, { id: jobId(chain, step + 1) });
    clock.due(nameOf(chain, step + 1));
  }
  return output;
}

/** Returns a UUID from the random bits of the chain and the number of the step. */
function jobId(chain, step) {
  const hex = Buffer.from(chain.slice(-15)).toString('hex').slice(0, 30) + step.toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

await boss.work('step', BATCHES, (jobs) =>
  Promise.all(jobs.map(async (job) => ({ id: job.id, status: 'completed', output: await takeStep(job.data) }))),
);

answerWithChains((chain) => boss.send('step', { chain, step: 1 }, { id: jobId(chain, 1) }));
