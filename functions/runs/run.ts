import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { taskType } from '../platform/queue/task.ts';
import { AllowedHosts } from '../tools/network-policy.ts';
import { NodeStatus } from './graph.ts';
import { TEAM_WORKERS } from './worker.ts';

/** Runs as the API shows them, and the tasks that move them. A sprint is a run whose graph is the team. */

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
 * The engine that writes a run's state; it counts up when older engines could not go on with what this one writes. This engine goes on with its own runs and
 * with those of the engine before, and leaves all others alone: two versions may run at the same time. Each version's states are kept as fixtures.
 */
export const ENGINE_VERSION = 1;
export const OLDEST_ENGINE_VERSION = Math.max(1, ENGINE_VERSION - 1);

/** Whether this engine may go on with a run. */
export function isKnownEngine(version: number): boolean {
  return version >= OLDEST_ENGINE_VERSION && version <= ENGINE_VERSION;
}

const ENDED: readonly RunStatus[] = ['completed', 'failed', 'cancelled', 'cost_exceeded'];

export function hasEnded(status: RunStatus): boolean {
  return ENDED.includes(status);
}

export const RunId = idSchema('run');
export const RunParams = z.strictObject({ id: RunId });

/** US dollars, exact, as text; at most ten decimals. */
export const Money = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .meta({ description: 'US dollars, exact', examples: ['0.0012375'] });
export const Timestamp = z.iso.datetime({ precision: undefined });

export const Tokens = z.strictObject({ input: z.int(), output: z.int(), cached: z.int(), total: z.int() });

export const WorkerState = z.strictObject({
  name: z.string().meta({ description: "The node's name in the graph" }),
  worker: z.string(),
  status: NodeStatus,
  provider: z.string().nullable(),
  model: z.string().nullable(),
  turns: z.int(),
  attempts: z.int().meta({ description: 'Tries of the present turn that started' }),
  tokens: Tokens,
  cost_usd: Money,
  result: z.string().nullable(),
  error: z.string().nullable(),
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

export const SprintSummary = z.strictObject({
  id: RunId,
  status: RunStatus,
  task: z.string(),
  team: z.array(z.string()),
  github_repo: z.string().nullable(),
  budget_usd: Money.nullable(),
  cost_usd: Money,
  tokens: Tokens,
  error: z.string().nullable(),
  scripted: z.boolean().meta({ description: 'True when a scripted rehearsal answered in place of a model' }),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

export const Sprint = SprintSummary.extend({
  result: z.string().nullable(),
  workers: z.array(WorkerState),
  graph: z.strictObject({
    nodes: z.array(z.strictObject({ id: z.string(), worker: z.string(), status: NodeStatus })),
    edges: z.array(z.strictObject({ source: z.string(), target: z.string() })),
  }),
});

/** Where the run may push to, once a person allows it. */
export const GitHubRepo = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be owner/name');

export const StartSprintBody = z.strictObject({
  task: z.string().trim().min(1).max(20_000),
  team: z
    .array(z.enum(TEAM_WORKERS))
    .min(1)
    .max(TEAM_WORKERS.length)
    .refine((team) => new Set(team).size === team.length, 'a worker is named twice')
    .optional(),
  budget_usd: z.number().positive().max(100_000).multipleOf(0.000001).optional(),
  github_repo: GitHubRepo.optional(),
  allowed_hosts: AllowedHosts.optional(),
});

/** Takes one turn of a node: asks the model, runs the tools it calls. The SQL function `ring_node` writes this task. */
export const TakeTurn = taskType({
  step: 'runs-take-turn',
  queue: 'model',
  payload: z.strictObject({ tenant_id: z.string(), run_id: RunId, node_id: idSchema('node'), generation: z.int() }),
});
export type TakeTurnPayload = z.output<(typeof TakeTurn)['payload']>;

/** Moves a run on after one of its nodes has ended: starts what may start, or ends the run. */
export const SettleRun = taskType({
  step: 'runs-settle-run',
  queue: 'control',
  payload: z.strictObject({ tenant_id: z.string(), run_id: RunId }),
});
