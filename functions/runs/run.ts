import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { ModelName, ProviderName } from '../platform/models/model.ts';
import { createTask, type Task, taskType } from '../platform/queue/task.ts';

/**
 * States of a run, the types that its views share, and the tasks that advance it. A sprint is a run whose graph is the
 * team.
 */

export const RunStatus = z.enum([
  'queued',
  'running',
  'waiting_input',
  'completed',
  'failed',
  'cancelled',
  'cost_exceeded',
]);
export type RunStatus = z.infer<typeof RunStatus>;

/**
 * What a run is: a planned run, a sprint of a team, an answer in a conversation, one call of a tool by a user, a tree
 * of agents, or a council. Only runs and sprints take a slot of the tenant.
 */
export const RunKind = z.enum(['run', 'sprint', 'chat', 'call', 'agent', 'council']);
export type RunKind = z.infer<typeof RunKind>;

const ENDED: readonly RunStatus[] = ['completed', 'failed', 'cancelled', 'cost_exceeded'];

export function hasEnded(status: RunStatus): boolean {
  return ENDED.includes(status);
}

export const RunId = idSchema('run');
export const RunParams = z.strictObject({ id: RunId });

/** An exact amount of US dollars as decimal text, with at most ten decimals. */
export const Money = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .meta({ description: 'US dollars, exact', examples: ['0.0012375'] });
export const Timestamp = z.iso.datetime({ precision: undefined });

/** A model as a user names it: `provider/model`. */
export const ModelText = z
  .string()
  .max(220)
  .transform((text, context) => {
    const slash = text.indexOf('/');
    const provider = ProviderName.safeParse(text.slice(0, slash));
    const model = ModelName.safeParse(text.slice(slash + 1));
    if (provider.success && model.success) return { provider: provider.data, model: model.data };
    context.addIssue(`must be provider/model, with one of the providers ${ProviderName.options.join(', ')}`);
    return z.NEVER;
  });

export const Tokens = z.strictObject({ input: z.int(), output: z.int(), cached: z.int(), total: z.int() });

/**
 * Takes one turn of a node: asks the model and runs the tools that it calls. The SQL function `ring_node` writes this
 * task.
 */
export const TakeTurn = taskType({
  step: 'runs-take-turn',
  queue: 'model',
  payload: z.strictObject({ tenant_id: z.string(), run_id: RunId, node_id: idSchema('node'), generation: z.int() }),
});
export type TakeTurnPayload = z.output<(typeof TakeTurn)['payload']>;

/** Advances a run after one of its nodes has ended: starts the nodes that are ready, or ends the run. */
export const SettleRun = taskType({
  step: 'runs-settle-run',
  queue: 'control',
  payload: z.strictObject({ tenant_id: z.string(), run_id: RunId }),
});

/** Returns the task that settles a run after a change of its nodes. `cause` identifies the change. */
export function settleAfter(tenantId: string, runId: string, cause: string): Task {
  return createTask(SettleRun, { tenant_id: tenantId, run_id: runId }, cause);
}
