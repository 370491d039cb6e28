import { Agent, request as httpRequest, type RequestOptions } from 'node:http';
import { openDatabase } from '../database/open.ts';
import { log } from '../log.ts';
import { FairQueue } from './fair-queue.ts';
import { releaseTasks } from './outbox.ts';
import type { Queue } from './queue.ts';
import { QUEUES, type QueueName, type Task, tenantOf } from './task.ts';

/**
 * A queue in this process that pushes over HTTP as Cloud Tasks does: the same headers, at least once, backoff after a failure, an OIDC token. It
 * keeps nothing on disk: the outbox row is the task's durable form and goes when the push was answered 2xx, so a kill -9 only
 * means that tasks are pushed again. Tenants take turns ({@link FairQueue}).
 */
export interface LocalQueueOptions {
  /** Where steps are served: `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** A bearer token that the step accepts. */
  token: (step: string) => Promise<string>;
  /** Tasks pushed at the same time, per queue; a quarter more when one tenant has them all and others wait. */
  concurrency?: number;
}

interface Waiting {
  task: Task;
  tries: number;
}

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 30_000;
/** How long a task's name stays taken after it ran, as in Cloud Tasks. */
const REMEMBERED_MS = 60 * 60 * 1000;
const REMEMBERED_NAMES = 100_000;
/** Acknowledgements are gathered for this long: one statement removes many outbox rows. */
const RELEASE_AFTER_MS = 20;

export class LocalQueue implements Queue {
  readonly #options: LocalQueueOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512 });
  readonly #lines = new Map<QueueName, FairQueue<Waiting>>();
  readonly #steps = new Map<string, RequestOptions>();
  /** Names that wait or run. */
  readonly #taken = new Set<string>();
  /** Names that ran, oldest first, with the time until which they are taken. */
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

  /** Stops pushing. What is under way is abandoned; its outbox rows stay. */
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
      log('warning', `the step ${task.step} answered ${status}; it is pushed again`, {
        task: task.name,
        tries: tries + 1,
      });
    } catch (error) {
      if (this.#closed) return;
      log('warning', `the step ${task.step} could not be reached; it is pushed again`, {
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

  /** Parsed once a step: a push would spend a tenth of its time on it. */
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

  /** A row that stays after a failure is pushed once more by the sweeper, which a step survives. */
  async #release(): Promise<void> {
    const names = this.#acknowledged;
    if (names.length === 0) return;
    this.#acknowledged = [];
    try {
      const database = await openDatabase();
      await releaseTasks(database.as({ kind: 'system' }), names);
    } catch (error) {
      log('warning', 'outbox rows of finished tasks could not be removed', { count: names.length, error });
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
