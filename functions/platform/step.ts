import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { FenceLost, NotNow, Problem } from './errors.ts';
import { writeJson } from './http/answer.ts';
import { parsePart, readJson } from './http/body.ts';
import { declareFunction } from './http/functions-framework.ts';
import { guarded } from './http/guarded.ts';
import { addressOf, headerOf } from './http/request-head.ts';
import { parseRoute } from './http/route.ts';
import type { Deployment, ServedFunction } from './http/served-function.ts';
import { createId } from './id.ts';
import { log } from './log.ts';
import { ModelError } from './models/model.ts';
import { countTry, deleteTries, MOST_TRIES, updateTryFailed } from './queue/dead-letter.ts';
import { enqueue } from './queue/enqueue.ts';
import { createTask, type TaskType } from './queue/task.ts';
import { verifyInvoker } from './sign-in/oidc.ts';

/** A task carries only ids, and Cloud Tasks accepts at most 100 KB. */
const PAYLOAD_LIMIT = 100 * 1024;

export interface StepInput<Payload> {
  payload: Payload;
  database: Database;
  requestId: string;
  /** Aborted when the queue closes the connection. */
  signal: AbortSignal;
}

/**
 * Declares the step for a type of task. Delivery is at-least-once: a step may run twice, late, or concurrently with
 * itself. So its handler claims its work first and fences every write.
 *
 * The outcome depends on what the handler throws. Nothing or {@link FenceLost} is 200: the work is done, or belongs to
 * a newer claim. {@link NotNow} is 200 with a new task for later. A payload that does not match its schema is 422.
 * Anything else is 500, and the queue retries with backoff until the tries are used up; then the task becomes a dead
 * letter (200). A {@link ModelError} is 502 and retried as well, with a warning instead of an error and its stack.
 */
export function step<Payload extends z.ZodType<{ tenant_id: string }>>(
  type: TaskType<Payload>,
  deployment: Deployment = {},
) {
  return {
    handle: (handler: (input: StepInput<z.output<Payload>>) => Promise<void>): ServedFunction => {
      const route = parseRoute(`POST /internal/steps/${type.step}`);
      return declareFunction({
        kind: 'step',
        name: type.step,
        route,
        queue: type.queue,
        deployment: { identity: 'worker', timeoutSeconds: 1800, ...deployment },
        handle: (request, response) =>
          guarded(type.step, request, response, async (_request, _response, requestId) => {
            if (route.match(addressOf(request).pathname) === undefined)
              throw new Problem('not-found', 'There is nothing at this address.');
            await verifyInvoker(request, type.step);
            const payload = parsePart(type.payload, await readJson(request, PAYLOAD_LIMIT), 'body');
            const hangUp = new AbortController();
            // Aborts only unfinished responses: aborting on every close would cost 5 % of a step's time.
            response.once('close', () => {
              if (!response.writableFinished) hangUp.abort(new Error('The queue closed the connection'));
            });
            const database = await openDatabase();
            const input = { payload, database, requestId, signal: hangUp.signal };
            const outcome = await runCounted(type, input, handler, retriesOf(request)).catch((error: unknown) => {
              if (!(error instanceof ModelError)) throw error;
              const tenant = { request_id: requestId, tenant_id: payload.tenant_id };
              log('warning', `${type.step}: a model failed: ${error.message}`, tenant);
              throw new Problem('upstream-failed', error.message, { cause: error });
            });
            writeJson(response, 200, { status: outcome });
          }),
      });
    },
  };
}

/**
 * Returns how many times Cloud Tasks has delivered this task before. The header is trusted because the caller is a
 * verified invoker.
 */
function retriesOf(request: IncomingMessage): number {
  return Number(headerOf(request, 'x-cloudtasks-taskretrycount') ?? 0) || 0;
}

/**
 * Runs the step. A retried task is counted before it runs; after {@link MOST_TRIES} tries it becomes a dead letter and
 * does not run.
 */
async function runCounted<Payload extends z.ZodType<{ tenant_id: string }>>(
  type: TaskType<Payload>,
  input: StepInput<z.output<Payload>>,
  handler: (input: StepInput<z.output<Payload>>) => Promise<void>,
  retries: number,
): Promise<'done' | 'superseded' | 'later' | 'dead'> {
  if (retries === 0) return runStep(type, input, handler);
  const { payload, database, requestId } = input;
  const tenant = database.as({ kind: 'tenant', tenantId: payload.tenant_id });
  const work = { step: type.step, queue: type.queue, payload };
  if (!(await countTry(tenant, work))) {
    log('error', `${type.step}: a task is dead after ${MOST_TRIES} tries`, {
      request_id: requestId,
      tenant_id: payload.tenant_id,
      payload,
    });
    return 'dead';
  }
  try {
    const outcome = await runStep(type, input, handler);
    await deleteTries(tenant, work);
    return outcome;
  } catch (error) {
    await updateTryFailed(tenant, work, error);
    throw error;
  }
}

async function runStep<Payload extends z.ZodType<{ tenant_id: string }>>(
  type: TaskType<Payload>,
  input: StepInput<z.output<Payload>>,
  handler: (input: StepInput<z.output<Payload>>) => Promise<void>,
): Promise<'done' | 'superseded' | 'later'> {
  try {
    await handler(input);
    return 'done';
  } catch (error) {
    if (error instanceof FenceLost) return 'superseded';
    if (!(error instanceof NotNow)) throw error;
    log('info', `${type.step}: ${error.message}; retry in ${error.seconds} s`, { request_id: input.requestId });
    const tenantId = input.payload.tenant_id;
    const task = createTask(
      type,
      input.payload as z.input<Payload>,
      createId('again'),
      new Date(Date.now() + error.seconds * 1000),
    ); // Payload schemas transform nothing, so the output is a valid input.
    await input.database
      .as({ kind: 'tenant', tenantId })
      .transaction((transaction) => enqueue(transaction, tenantId, task));
    return 'later';
  }
}
