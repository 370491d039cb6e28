import type { Server } from 'node:http';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { useLocalGateway } from '../../functions/platform/http/internal-call.ts';
import { createFunctionServer, drain } from '../../functions/platform/http/listener.ts';
import { withProbe } from '../../functions/platform/http/probe.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { LocalQueue } from '../../functions/platform/queue/local-queue.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { claimUnsentTasks } from '../../functions/platform/queue/outbox.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';

/**
 * Many functions in this process behind one port, with the queue that pushes to it: what the load balancer, Cloud Run and Cloud Tasks are in the
 * cloud. No function knows the difference.
 */
export interface Gateway {
  url: string;
  port: number;
  queue: LocalQueue;
  /** Gives the queue every task that a former process left in the outbox; answers how many. */
  resume(): Promise<number>;
  /** Lets requests under way end for a moment, then closes the queue and the database. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** 0 takes a free one. */
  port: number;
  host: string;
  /** Tasks pushed at the same time, per queue. */
  concurrency: number;
}

/** As much as a laptop's outbox holds after the worst of days; what is left over the sweeper takes. */
const RESUMED_TASKS = 10_000;
const PATIENCE_MS = 1_500;

/** @throws Error with code EADDRINUSE when the port is taken */
export async function openGateway(functions: readonly ServedFunction[], options: GatewayOptions): Promise<Gateway> {
  const server = createFunctionServer(withProbe(functions));
  const port = await listen(server, options);
  const url = `http://${options.host}:${port}`;
  const queue = new LocalQueue({ baseUrl: url, token: invokerToken, concurrency: options.concurrency });
  useQueue(queue);
  useLocalGateway(url);
  return {
    url,
    port,
    queue,
    resume: async () => {
      const database = await openDatabase();
      const tasks = await claimUnsentTasks(database.as({ kind: 'system' }), 0, RESUMED_TASKS);
      for (const task of tasks) await queue.create(task);
      return tasks.length;
    },
    close: async () => {
      await drain(server, PATIENCE_MS);
      await queue.close();
      await closeDatabase();
    },
  };
}

function listen(server: Server, { port, host }: GatewayOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server listens at no port'));
      else resolve(address.port);
    });
  });
}
