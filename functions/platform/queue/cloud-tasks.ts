import type { CloudTasksClient } from '@google-cloud/tasks';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { log } from '../log.ts';
import { releaseTasks } from './outbox.ts';
import type { Queue } from './queue.ts';
import { type Task, tenantOf } from './task.ts';
import { TenantPace } from './tenant-pace.ts';

/** gRPC's code for a name that exists or existed within the last hour. */
const ALREADY_EXISTS = 6;
/** Cloud Tasks stops waiting after this long; a step must have ended or checkpointed before. */
const DISPATCH_DEADLINE_SECONDS = 30 * 60;

/** What Cloud Tasks needs to know; from the environment unless a test says otherwise. */
export interface CloudTasksSettings {
  project: string;
  location: string;
  functionUrl: string;
  invoker: string;
  client?: CloudTasksClient;
}

/**
 * The Cloud Tasks adapter. Step functions are called with an OIDC token of the invoker's service account. A queue there serves roughly in order, so a tenant's
 * excess is scheduled for later ({@link TenantPace}) and never stands before another's tasks.
 */
export async function openCloudTasks(settings: CloudTasksSettings = settingsOf()): Promise<Queue> {
  let client = settings.client;
  const connected = async () => {
    if (client === undefined) {
      const { CloudTasksClient } = await import('@google-cloud/tasks');
      // REST starts in half the time of gRPC, and a function that sends one task a step gains nothing from a channel.
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
          log('warning', 'a task could not be created and stays in the outbox', {
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
    log('warning', 'a task was created but its outbox row stays; it will be created again, which counts as created', {
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

/** The address of a function's service. */
export function functionUrl(template: string, name: string): string {
  return template.replace('{name}', name).replace(/\/$/, '');
}

function queuePath(settings: CloudTasksSettings, queue: string): string {
  return `projects/${settings.project}/locations/${settings.location}/queues/apexflow-${queue}`;
}

function settingsOf(): CloudTasksSettings {
  const { GOOGLE_CLOUD_PROJECT: project, FUNCTION_URL, TASKS_INVOKER } = environment;
  if (!project || !FUNCTION_URL || !TASKS_INVOKER) {
    throw new Error('Cloud Tasks needs GOOGLE_CLOUD_PROJECT, FUNCTION_URL and TASKS_INVOKER');
  }
  return { project, location: environment.GOOGLE_CLOUD_LOCATION, functionUrl: FUNCTION_URL, invoker: TASKS_INVOKER };
}
