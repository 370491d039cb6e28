import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';

/**
 * Cloud Tasks, scripted: takes tasks over its REST API, as the product's adapter and Google's client create them, and pushes them over HTTP with the
 * headers and the token that Cloud Tasks sends; a push that is not answered 2xx is repeated with backoff. Beside that it does what Cloud Tasks may do and
 * a test asks for: refuses a creation, takes a task over and loses the answer, loses the task itself, delivers several times at once, late, in another order,
 * and stops waiting while the worker goes on.
 */
export interface ScriptedQueue {
  port: number;
  /** What the queue does to each task; a test exchanges it at any time. */
  faults: QueueFaults;
  /** Every task that was taken over, in order. */
  taken: QueuedTask[];
  /** Deliveries so far, the repeated ones included. */
  deliveries: number;
  /** Deliveries that were not answered 2xx. */
  failures: number;
  /** Holds every delivery until it is released. */
  hold(): void;
  release(): void;
  /** Tasks that wait or are under way. */
  depth(): number;
  close(): Promise<void>;
}

export interface QueuedTask {
  name: string;
  step: string;
  payload: unknown;
  notBefore: number;
}

export interface QueueFaults {
  /** `lost`: answered as created and never delivered. `unanswered`: created, and the answer never comes. */
  creation?: (task: QueuedTask) => 'created' | 'refused' | 'unanswered' | 'lost';
  delivery?: (task: QueuedTask, tries: number) => Delivery;
}

export interface Delivery {
  /** So many at the same time. */
  copies?: number;
  delayMs?: number;
  /** The queue hangs up after so long. The worker is not stopped. */
  deadlineMs?: number;
}

export interface QueueOptions {
  /** The worker that a request goes to, or undefined while none serves: what Cloud Run's load balancer decides. */
  pickWorker: () => string | undefined;
  concurrency?: number;
  firstBackoffMs?: number;
  longestBackoffMs?: number;
}

const Creation = z.object({
  task: z.object({
    name: z.string(),
    scheduleTime: z.string().optional(),
    httpRequest: z.object({ url: z.string(), body: z.string() }),
  }),
});

export async function startScriptedQueue(options: QueueOptions): Promise<ScriptedQueue> {
  const { concurrency = 64, firstBackoffMs = 100, longestBackoffMs = 5_000 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const names = new Set<string>();
  const ready: { task: QueuedTask; tries: number }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let running = 0;
  let isHeld = false;
  let isClosed = false;

  const later = (task: QueuedTask, tries: number, delayMs: number) => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        ready.push({ task, tries });
        dispatch();
      },
      Math.max(0, delayMs),
    );
    timers.add(timer);
  };
  const dispatch = () => {
    while (running < concurrency && !isHeld && !isClosed) {
      const next = ready.shift();
      if (next === undefined) return;
      running += 1;
      void deliver(next.task, next.tries).finally(() => {
        running -= 1;
        dispatch();
      });
    }
  };
  const deliver = async (task: QueuedTask, tries: number) => {
    const worker = options.pickWorker();
    if (worker === undefined) return later(task, tries, firstBackoffMs);
    const { copies = 1, deadlineMs } = queue.faults.delivery?.(task, tries) ?? {};
    const pushes = Array.from({ length: copies }, async () => {
      queue.deliveries += 1;
      const isDone = await push(agent, options.pickWorker() ?? worker, task, tries, deadlineMs);
      if (!isDone) queue.failures += 1;
      return isDone;
    });
    // Copies are deliveries of their own; one that was answered is enough for the queue.
    const answers = await Promise.all(pushes);
    if (isClosed || answers.includes(true)) return;
    later(task, tries + 1, Math.min(longestBackoffMs, firstBackoffMs * 2 ** tries));
  };

  const take = (task: QueuedTask) => {
    names.add(task.name);
    queue.taken.push(task);
    const delayMs = queue.faults.delivery?.(task, 0).delayMs ?? 0;
    later(task, 0, Math.max(task.notBefore - Date.now(), 0) + delayMs);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const task = toTask(Creation.parse(JSON.parse(await textOf(request))));
    if (names.has(task.name)) return refuse(response, 409, 'ALREADY_EXISTS');
    const fate = queue.faults.creation?.(task) ?? 'created';
    if (fate === 'refused') return refuse(response, 503, 'UNAVAILABLE');
    if (fate === 'lost') names.add(task.name);
    else take(task);
    if (fate === 'unanswered') return void request.socket.destroy();
    send(response, 200, { name: task.name });
  };
  const server = createServer((request, response) => {
    // A creator that is killed in the middle of its request is no fault of the queue.
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The queue listens at no port');
  const queue: ScriptedQueue = {
    port: address.port,
    faults: {},
    taken: [],
    deliveries: 0,
    failures: 0,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      dispatch();
    },
    depth: () => ready.length + running + timers.size,
    close: async () => {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
  return queue;
}

function toTask({ task }: z.infer<typeof Creation>): QueuedTask {
  const [, step = ''] = /\/internal\/steps\/([\w-]+)$/.exec(task.httpRequest.url) ?? [];
  return {
    name: task.name.split('/').at(-1) ?? task.name,
    step,
    payload: JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString()),
    notBefore: task.scheduleTime === undefined ? 0 : Date.parse(task.scheduleTime),
  };
}

/** True when the worker answered 2xx within the deadline. */
async function push(
  agent: Agent,
  worker: string,
  task: QueuedTask,
  tries: number,
  deadlineMs: number | undefined,
): Promise<boolean> {
  const body = JSON.stringify(task.payload);
  const headers = {
    authorization: `Bearer ${await invokerToken(task.step)}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Google-Cloud-Tasks',
    'x-cloudtasks-taskname': task.name,
    'x-cloudtasks-taskretrycount': String(tries),
    'x-cloudtasks-taskexecutioncount': String(tries),
  };
  return new Promise((resolve) => {
    const call = openRequest(`${worker}/internal/steps/${task.step}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      answer.once('end', () => resolve(status >= 200 && status < 300));
      answer.once('close', () => resolve(false));
    });
    if (deadlineMs !== undefined) setTimeout(() => call.destroy(), deadlineMs).unref();
    call.once('error', () => resolve(false));
    call.once('close', () => resolve(false));
    call.end(body);
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}

function refuse(response: ServerResponse, code: number, status: string): void {
  send(response, code, { error: { code, status, message: `scripted ${status}` } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
