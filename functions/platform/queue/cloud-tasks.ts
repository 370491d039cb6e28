import type { CloudTasksClient } from '@google-cloud/tasks';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { log } from '../log.ts';
import { releaseTasks } from './outbox.ts';
import type { Queue } from './queue.ts';
import { type Task, tenantOf } from './task.ts';

/** The gRPC code for a name that exists or existed within the last hour. */
const ALREADY_EXISTS = 6;
/** Cloud Tasks waits this long for a step. Longer steps must save a checkpoint before. */
const DISPATCH_DEADLINE_SECONDS = 30 * 60;

/** The settings of Cloud Tasks, read from the environment. Tests pass their own. */
export interface CloudTasksSettings {
  project: string;
  location: string;
  functionUrl: string;
  invoker: string;
  client?: CloudTasksClient;
}

/**
 * Opens the Cloud Tasks adapter. Cloud Tasks calls steps with an OIDC token of the invoker's service account. It
 * dispatches roughly in order, so a tenant's excess tasks are scheduled for later ({@link TenantPace}) and do not delay
 * other tenants.
 */
export async function openCloudTasks(settings: CloudTasksSettings = settingsOf()): Promise<Queue> {
  let client = settings.client;
  const connected = async () => {
    if (client === undefined) {
      const { CloudTasksClient } = await import('@google-cloud/tasks');
      // REST: it starts in half the time of gRPC, and a function that sends one task per step gains nothing from a gRPC
      // channel.
      client = new CloudTasksClient({ fallback: true });
    }
    return client;
  };
  const pace = new TenantPace();
  return {
    create: async (task) => {
      try {
        await (await connected()).createTask({
          parent: queuePath(settings, task.queue),
          task: toCloudTask(settings, task, pace.dueAt(`${task.queue} ${tenantOf(task)}`, task.notBefore)),
        });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS)) {
          log('warning', 'task not created; it stays in the outbox', {
            step: task.step,
            task: task.name,
            error,
          });
          return;
        }
      }
      await release(task.name);
    },
    close: async () => client?.close(),
  };
}

async function release(name: string): Promise<void> {
  try {
    const database = await openDatabase();
    await releaseTasks(database.as({ kind: 'system' }), [name]);
  } catch (error) {
    log('warning', 'outbox row of a created task not removed; the task will be created again, which has no effect', {
      task: name,
      error,
    });
  }
}

function toCloudTask(settings: CloudTasksSettings, task: Task, dueAt: Date | undefined) {
  const url = functionUrl(settings.functionUrl, task.step);
  return {
    name: `${queuePath(settings, task.queue)}/tasks/${task.name}`,
    dispatchDeadline: { seconds: DISPATCH_DEADLINE_SECONDS },
    ...(dueAt ? { scheduleTime: { seconds: Math.ceil(dueAt.getTime() / 1000) } } : {}),
    httpRequest: {
      httpMethod: 'POST' as const,
      url: `${url}/internal/steps/${task.step}`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(task.payload)).toString('base64'),
      oidcToken: { serviceAccountEmail: settings.invoker, audience: url },
    },
  };
}

/** Returns the URL of a function's service. */
export function functionUrl(template: string, name: string): string {
  return template.replace('{name}', name).replace(/\/$/, '');
}

function queuePath(settings: CloudTasksSettings, queue: string): string {
  return `projects/${settings.project}/locations/${settings.location}/queues/apexflow-${queue}`;
}

function settingsOf(): CloudTasksSettings {
  const { GOOGLE_CLOUD_PROJECT: project, FUNCTION_URL, TASKS_INVOKER } = environment;
  if (!project || !FUNCTION_URL || !TASKS_INVOKER) {
    throw new Error('Cloud Tasks needs these variables: GOOGLE_CLOUD_PROJECT, FUNCTION_URL and TASKS_INVOKER');
  }
  return { project, location: environment.GOOGLE_CLOUD_LOCATION, functionUrl: FUNCTION_URL, invoker: TASKS_INVOKER };
}

/**
 * One tenant's share of a queue that dispatches 500 tasks a second, from each process: a tenth of it, after a burst.
 */
const TASKS_PER_SECOND = 50;
const BURST = 200;
/** Above this many tenants, those whose tasks are all due are forgotten. */
const REMEMBERED_TENANTS = 10_000;

/**
 * Spreads one tenant's tasks over time, so that a tenant with a hundred thousand tasks leaves room for the others: the
 * first {@link BURST} are due at once, the rest evenly after them, in the order of their creation. It counts this
 * process only. That is enough, because a flood comes from few processes: steps that create tasks are themselves
 * dispatched at this pace.
 */
export class TenantPace {
  /** When each tenant's next task would be due without the burst. */
  readonly #next = new Map<string, number>();

  /**
   * Returns when the tenant's next task is due, or undefined when it is due at once. A task with its own `notBefore` is
   * not due earlier and counts as a task of now.
   */
  dueAt(tenant: string, notBefore: Date | undefined, now = Date.now()): Date | undefined {
    const gap = 1000 / TASKS_PER_SECOND;
    const next = Math.max(this.#next.get(tenant) ?? 0, now - (BURST - 1) * gap);
    this.#next.set(tenant, next + gap);
    if (this.#next.size > REMEMBERED_TENANTS) this.#forget(now);
    const due = Math.max(next, notBefore?.getTime() ?? 0);
    return due > now ? new Date(due) : undefined;
  }

  #forget(now: number): void {
    for (const [tenant, next] of this.#next) if (next <= now) this.#next.delete(tenant);
  }
}
