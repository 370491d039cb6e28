import { DBOS } from '@dbos-inc/dbos-sdk';
import { IN_FLIGHT, POOL_SIZE, RECORD, STEPS } from '../chain/load.ts';
import { answerWithChains, clock, endChain, nameOf } from './chain-of-peer.mjs';

/**
 * DBOS: a workflow of five steps whose outputs it stores. The process that started a chain runs all of its steps, so no
 * worker has to be woken. With DBOS_QUEUE, chains use a DBOS queue, which is polled every 10 ms here instead of every
 * second.
 */

DBOS.setConfig({
  name: 'bench',
  applicationVersion: 'bench',
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: POOL_SIZE,
  logLevel: 'error',
  enableOTLP: false,
});

const output = JSON.parse(RECORD);
const chainOfSteps = DBOS.registerWorkflow(
  async (chain) => {
    for (let step = 1; step <= STEPS; step += 1) {
      await DBOS.runStep(
        async () => {
          clock.started(nameOf(chain, step));
          return output;
        },
        { name: `step-${step}` },
      );
      if (step < STEPS) clock.due(nameOf(chain, step + 1));
    }
    endChain(chain);
  },
  { name: 'chain' },
);

await DBOS.launch();
// Polling costs time, so the queue is registered only for the variant that uses it.
if (process.env.DBOS_QUEUE)
  await DBOS.registerQueue('chains', { workerConcurrency: IN_FLIGHT, minPollingIntervalMs: 10 });

answerWithChains(async (chain) => {
  if (!process.env.DBOS_QUEUE) await DBOS.startWorkflow(chainOfSteps, { workflowID: chain })(chain);
  else await DBOS.startWorkflow(chainOfSteps, { workflowID: chain, queueName: 'chains' })(chain);
});
