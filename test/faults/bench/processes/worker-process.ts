import { flushCompileCache } from 'node:module';
import { CloudTasksClient } from '@google-cloud/tasks';
import { OAuth2Client } from 'google-auth-library';
import { closeDatabase, openDatabase } from '../../../../functions/platform/database/open.ts';
import { discoverFunctions } from '../../../../functions/platform/discover.ts';
import { environment } from '../../../../functions/platform/environment.ts';
import { createFunctionServer, drain } from '../../../../functions/platform/http/listener.ts';
import { withProbe } from '../../../../functions/platform/http/probe.ts';
import { useLocalGateway } from '../../../../functions/platform/process/own-url.ts';
import { beginShutdown } from '../../../../functions/platform/process/shutdown.ts';
import { openCloudTasks } from '../../../../functions/platform/queue/cloud-tasks.ts';
import { openQueue, useQueue } from '../../../../functions/platform/queue/open-queue.ts';
import { claimUnsentTasks } from '../../../../functions/platform/queue/outbox.ts';
import { expireDeadLeases } from '../../../../functions/runs/claim.ts';

/**
 * A worker of the fault bench, started by `workers.ts` as its own process. It serves every function at one port and
 * uses the product's adapter for Cloud Tasks with the scripted queue. It starts and stops as `platform/serve.ts` does.
 * With `FAULTS_RESUME` it resumes leases and tasks of an earlier process, as `npm start` does.
 */

const DRAIN_MS = 8_000;
const RESUMED_TASKS = 10_000;

const functions = (await discoverFunctions()).map(({ declaration }) => declaration);
const url = `http://127.0.0.1:${environment.PORT}`;
useLocalGateway(url);
useQueue(
  await openCloudTasks({
    project: 'faults',
    location: 'here',
    functionUrl: 'http://workers.invalid/{name}',
    invoker: 'invoker@faults.invalid',
    client: tasksClient(Number(process.env.FAULTS_QUEUE_PORT)),
  }),
);
const server = createFunctionServer(withProbe(functions));
server.listen(environment.PORT, '127.0.0.1');
// Halves the time of the next start. A killed process does not write its compile cache, so it is written here.
flushCompileCache();
process.on('SIGTERM', () => void stop());
if (process.env.FAULTS_RESUME) await resume().catch(() => undefined);

function tasksClient(port: number): CloudTasksClient {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'scripted', expiry_date: Date.now() + 24 * 3_600_000 });
  const settings = {
    projectId: 'faults',
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port,
    authClient,
  };
  return new CloudTasksClient(settings);
}

async function resume(): Promise<void> {
  const system = (await openDatabase()).as({ kind: 'system' });
  await expireDeadLeases(system);
  const queue = await openQueue();
  for (const task of await claimUnsentTasks(system, 0, RESUMED_TASKS)) await queue.create(task);
}

async function stop(): Promise<void> {
  beginShutdown();
  await drain(server, DRAIN_MS);
  setTimeout(() => process.exit(0), 1_000);
  await closeDatabase().catch(() => undefined);
  process.exit(0);
}
