import type { RequestOptions } from 'node:http';
import { openDatabase } from '../database/open.ts';
import { Agent, request as httpRequest } from '../http/node-http.ts';
import { log } from '../log.ts';
import { FairQueue } from './fair-queue.ts';
import { releaseTasks } from './outbox.ts';
import type { Queue } from './queue.ts';
import { QUEUES, type QueueName, type Task, tenantOf } from './task.ts';

export interface LocalQueueOptions {
  /** The URL that serves the steps: `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** Returns a bearer token that the step accepts. */
  token: (step: string) => Promise<string>;
  /** Concurrent pushes per queue; {@link FairQueue} adds a quarter for tenants that wait behind another tenant. */
  concurrency?: number;
}

interface Waiting {
  task: Task;
  tries: number;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 30_000;
/** How long the name of a completed task stays reserved, as in Cloud Tasks. */
const REMEMBERED_MS = 60 * 60 * 1000;
const REMEMBERED_NAMES = 100_000;
/** Acknowledgements are collected for this long, so that one statement removes many outbox rows. */
const RELEASE_AFTER_MS = 20;

/**
 * A queue in this process that pushes over HTTP as Cloud Tasks does: at least once, with the same headers, backoff and
 * an OIDC token. It stores nothing on disk: the outbox row makes a task durable and is removed after a 2xx answer. So
 * after a kill -9 tasks are pushed again. Tenants take turns ({@link FairQueue}).
 */
export class LocalQueue implements Queue {
  readonly #options: LocalQueueOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512 });
  readonly #lines = new Map<QueueName, FairQueue<Waiting>>();
  readonly #steps = new Map<string, RequestOptions>();
  /** Names of tasks that wait or run. */
  readonly #taken = new Set<string>();
  /** Names of completed tasks, oldest first, with the time until which they are reserved. */
  readonly #done = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #acknowledged: string[] = [];
  #releasing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LocalQueueOptions) {
    this.#options = options;
  }

  async create(task: Task): Promise<void> {
    if (this.#closed || this.#taken.has(task.name) || this.#done.has(task.name)) return;
    this.#taken.add(task.name);
    const delay = (task.notBefore?.getTime() ?? 0) - Date.now();
    this.#later(delay, { task, tries: 0 });
  }

  /** Stops pushing. Pushes under way are abandoned; their outbox rows stay. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#agent.destroy();
    await this.#releasing;
    await this.#release();
  }

  #later(delayMs: number, waiting: Waiting): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      const { queue } = waiting.task;
      this.#line(queue).add(tenantOf(waiting.task), waiting);
      this.#dispatch(queue);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#later(0, waiting);
    }, delayMs);
    this.#timers.add(timer);
  }

  #line(queue: QueueName): FairQueue<Waiting> {
    let line = this.#lines.get(queue);
    if (line === undefined) {
      line = new FairQueue(this.#options.concurrency ?? QUEUES[queue].maxConcurrentDispatches);
      this.#lines.set(queue, line);
    }
    return line;
  }

  #dispatch(queue: QueueName): void {
    const line = this.#line(queue);
    for (let next = line.take(); next !== undefined && !this.#closed; next = line.take()) {
      const { tenant, item } = next;
      void this.#push(item).finally(() => {
        line.release(tenant);
        this.#dispatch(queue);
      });
    }
  }

  async #push(waiting: Waiting): Promise<void> {
    const { task, tries } = waiting;
    try {
      const status = await this.#post(task, tries);
      if (status >= 200 && status < 300) {
        this.#acknowledge(task.name);
        return;
      }
      log('warning', `step ${task.step} answered ${status}; it is pushed again`, {
        task: task.name,
        tries: tries + 1,
      });
    } catch (error) {
      if (this.#closed) return;
      log('warning', `step ${task.step} unreachable; it is pushed again`, {
        task: task.name,
        tries: tries + 1,
        error,
      });
    }
    const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** tries) * (0.8 + Math.random() * 0.4);
    this.#later(backoff, { task, tries: tries + 1 });
  }

  async #post(task: Task, tries: number): Promise<number> {
    const body = JSON.stringify(task.payload);
    const headers = {
      authorization: `Bearer ${await this.#options.token(task.step)}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': `apexflow-${task.queue}`,
      'x-cloudtasks-taskname': task.name,
      'x-cloudtasks-taskretrycount': String(tries),
      'x-cloudtasks-taskexecutioncount': String(tries),
      'x-cloudtasks-tasketa': String((task.notBefore?.getTime() ?? Date.now()) / 1000),
    };
    return new Promise((resolve, reject) => {
      const push = httpRequest({ ...this.#addressOf(task.step), headers }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      });
      push.once('error', reject);
      push.end(body);
    });
  }

  /** Parses the URL once per step, because parsing would take a tenth of each push. */
  #addressOf(step: string): RequestOptions {
    let address = this.#steps.get(step);
    if (address === undefined) {
      const { hostname, port, pathname } = new URL(`${this.#options.baseUrl}/internal/steps/${step}`);
      address = { hostname, port, path: pathname, method: 'POST', agent: this.#agent };
      this.#steps.set(step, address);
    }
    return address;
  }

  #acknowledge(name: string): void {
    this.#taken.delete(name);
    this.#done.set(name, Date.now() + REMEMBERED_MS);
    this.#forgetOldNames();
    this.#acknowledged.push(name);
    this.#releasing ??= new Promise<void>((resolve) => setTimeout(resolve, RELEASE_AFTER_MS)).then(() => {
      this.#releasing = undefined;
      return this.#release();
    });
  }

  /**
   * Removes outbox rows of completed tasks. After a failure the sweeper pushes the tasks once more, which is harmless:
   * steps are idempotent.
   */
  async #release(): Promise<void> {
    const names = this.#acknowledged;
    if (names.length === 0) return;
    this.#acknowledged = [];
    try {
      const database = await openDatabase();
      await releaseTasks(database.as({ kind: 'system' }), names);
    } catch (error) {
      log('warning', 'outbox rows of completed tasks not removed', { count: names.length, error });
    }
  }

  #forgetOldNames(): void {
    const now = Date.now();
    for (const [name, until] of this.#done) {
      if (until > now && this.#done.size <= REMEMBERED_NAMES) return;
      this.#done.delete(name);
    }
  }
}
