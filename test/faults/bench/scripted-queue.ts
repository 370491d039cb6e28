import { Agent, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { readBody, sendJson, startHttpServer } from '../../support/scripted-server.ts';

/**
 * A scripted Cloud Tasks. It accepts tasks over the REST API, from the product's adapter and Google's client, and
 * pushes them over HTTP with the headers and the token of Cloud Tasks. It retries a push without a 2xx answer with
 * backoff. Tests can inject every fault that Cloud Tasks may have: a rejected creation, a created task whose answer is
 * lost, a lost task, duplicate, late and reordered deliveries, and a deadline that passes while the worker goes on.
 */
export interface ScriptedQueue {
  port: number;
  /** The faults of each task. Tests may replace them at any time. */
  faults: QueueFaults;
  /** Created tasks in order. */
  taken: QueuedTask[];
  /** Number of deliveries, including repeated ones. */
  deliveries: number;
  /** Number of deliveries without a 2xx answer. */
  failures: number;
  /** Holds all deliveries until `release` is called. */
  hold(): void;
  release(): void;
  /** Number of waiting and running tasks. */
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
  /** `lost`: answered as created, but never delivered. `unanswered`: created, but the answer is lost. */
  creation?: (task: QueuedTask) => 'created' | 'refused' | 'unanswered' | 'lost';
  delivery?: (task: QueuedTask, tries: number) => Delivery;
}

export interface Delivery {
  /** Number of concurrent deliveries. */
  copies?: number;
  delayMs?: number;
  /** The queue closes the connection after this time. The worker goes on. */
  deadlineMs?: number;
}

export interface QueueOptions {
  /** Returns the worker for a request, as Cloud Run's load balancer does. Undefined when no worker serves. */
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
    // Each copy is a delivery. One 2xx answer completes the task.
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
    const task = toTask(Creation.parse(JSON.parse(String(await readBody(request)))));
    if (names.has(task.name)) return refuse(response, 409, 'ALREADY_EXISTS');
    const fate = queue.faults.creation?.(task) ?? 'created';
    if (fate === 'refused') return refuse(response, 503, 'UNAVAILABLE');
    if (fate === 'lost') names.add(task.name);
    else take(task);
    if (fate === 'unanswered') return void request.socket.destroy();
    sendJson(response, 200, { name: task.name });
  };
  const server = await startHttpServer((request, response) => {
    // A client that is killed during its request is not an error of the queue.
    answer(request, response).catch(() => response.destroy());
  });
  const queue: ScriptedQueue = {
    port: server.port,
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
      await server.close();
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

/** Pushes a task. Returns true when the worker answers 2xx before the deadline. */
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

function refuse(response: ServerResponse, code: number, status: string): void {
  sendJson(response, code, { error: { code, status, message: `scripted ${status}` } });
}
