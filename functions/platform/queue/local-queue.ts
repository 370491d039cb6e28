import { Agent, request as httpRequest } from 'node:http';
import { openDatabase } from '../database/open.ts';
import { log } from '../log.ts';
import { releaseTasks } from './outbox.ts';
import type { Queue } from './queue.ts';
import { QUEUES, type QueueName, type Task } from './task.ts';

/**
 * A queue in this process that pushes over HTTP as Cloud Tasks does: the same headers, at least once, backoff after a failure, an OIDC token. It
 * keeps nothing on disk: the outbox row is the task's durable form and goes when the push was answered 2xx, so a kill -9 only
 * means that tasks are pushed again.
 */
export interface LocalQueueOptions {
  /** Where steps are served: `http://127.0.0.1:8080`. */
  baseUrl: string;
  /** A bearer token that the step accepts. */
  token: (step: string) => Promise<string>;
  /** Tasks pushed at the same time, per queue. */
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
  readonly #lines = new Map<QueueName, { ready: Waiting[]; running: number }>();
  /** Names that wait, run or ran, with the time until which they are taken. */
  readonly #taken = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #acknowledged: string[] = [];
  #releasing: Promise<void> | undefined;
  #closed = false;

  constructor(options: LocalQueueOptions) {
    this.#options = options;
  }

  async create(task: Task): Promise<void> {
    if (this.#closed || this.#taken.has(task.name)) return;
    this.#taken.set(task.name, Number.POSITIVE_INFINITY);
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
      this.#line(waiting.task.queue).ready.push(waiting);
      this.#dispatch(waiting.task.queue);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#later(0, waiting);
    }, delayMs);
    this.#timers.add(timer);
  }

  #line(queue: QueueName) {
    let line = this.#lines.get(queue);
    if (line === undefined) {
      line = { ready: [], running: 0 };
      this.#lines.set(queue, line);
    }
    return line;
  }

  #dispatch(queue: QueueName): void {
    const line = this.#line(queue);
    const limit = this.#options.concurrency ?? QUEUES[queue].maxConcurrentDispatches;
    while (line.running < limit && !this.#closed) {
      const next = line.ready.shift();
      if (next === undefined) return;
      line.running += 1;
      void this.#push(next).finally(() => {
        line.running -= 1;
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
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': `apexflow-${task.queue}`,
      'x-cloudtasks-taskname': task.name,
      'x-cloudtasks-taskretrycount': String(tries),
      'x-cloudtasks-taskexecutioncount': String(tries),
      'x-cloudtasks-tasketa': String((task.notBefore?.getTime() ?? Date.now()) / 1000),
    };
    return new Promise((resolve, reject) => {
      const url = `${this.#options.baseUrl}/internal/steps/${task.step}`;
      const push = httpRequest(url, { method: 'POST', agent: this.#agent, headers }, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
        response.once('error', reject);
      });
      push.once('error', reject);
      push.end(body);
    });
  }

  #acknowledge(name: string): void {
    this.#taken.set(name, Date.now() + REMEMBERED_MS);
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
    if (this.#taken.size < REMEMBERED_NAMES) return;
    const now = Date.now();
    for (const [name, until] of this.#taken)
      if (until < now || this.#taken.size > REMEMBERED_NAMES * 2) this.#taken.delete(name);
  }
}
