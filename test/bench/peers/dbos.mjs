import { DBOS } from '@dbos-inc/dbos-sdk';
import { IN_FLIGHT, POOL_SIZE, RECORD, STEPS } from '../chain/load.ts';
import { answerWithChains, clock, endChain, nameOf } from './chain-of-peer.mjs';

/**
 * DBOS: a workflow of five steps whose outputs it records. The process that began a chain goes on with each step itself, so nothing has to be woken. With
 * DBOS_QUEUE chains go through a DBOS queue, which is polled, here every ten milliseconds instead of every second.
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
// Its polling costs whoever does not use it, so it polls for the variant that does and for no other.
if (process.env.DBOS_QUEUE)
  await DBOS.registerQueue('chains', { workerConcurrency: IN_FLIGHT, minPollingIntervalMs: 10 });

answerWithChains(async (chain) => {
  if (!process.env.DBOS_QUEUE) await DBOS.startWorkflow(chainOfSteps, { workflowID: chain })(chain);
  else await DBOS.startWorkflow(chainOfSteps, { workflowID: chain, queueName: 'chains' })(chain);
});
