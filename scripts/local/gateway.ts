import type { Server } from 'node:http';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createFunctionServer, drain, type ServeElsewhere } from '../../functions/platform/http/listener.ts';
import { withProbe } from '../../functions/platform/http/probe.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { useLocalGateway } from '../../functions/platform/process/own-url.ts';
import { LocalQueue } from '../../functions/platform/queue/local-queue.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { claimUnsentTasks } from '../../functions/platform/queue/outbox.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';

/**
 * Serves many functions of this process at one port, with a queue that pushes tasks to it. It replaces the load
 * balancer, Cloud Run and Cloud Tasks; functions cannot tell the difference.
 */
export interface Gateway {
  url: string;
  port: number;
  queue: LocalQueue;
  /** Gives the tasks that an earlier process left in the outbox to the queue. Returns their number. */
  resume(): Promise<number>;
  /** Waits shortly for running requests, then closes the queue and the database. */
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** 0 selects a free port. */
  port: number;
  host: string;
  /** Maximum concurrent tasks of each queue. */
  concurrency: number;
  /** Serves the web console. */
  elsewhere?: ServeElsewhere | undefined;
}

/** Enough for the outbox of a laptop. The sweeper takes further tasks. */
const RESUMED_TASKS = 10_000;
/** Time that running requests have to end when the gateway closes. */
const DRAIN_MS = 1_500;

/**
 * Opens the gateway and makes its queue the queue of this process.
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function openGateway(functions: readonly ServedFunction[], options: GatewayOptions): Promise<Gateway> {
  const server = createFunctionServer(withProbe(functions), options.elsewhere);
  const port = await listen(server, options);
  const url = `http://${reachable(options.host)}:${port}`;
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
      await drain(server, DRAIN_MS);
      await queue.close();
      await closeDatabase();
    },
  };
}

/** Returns a host of URLs that reaches a server with this listening address. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: Server, { port, host }: GatewayOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The gateway has no port'));
      else resolve(address.port);
    });
  });
}
