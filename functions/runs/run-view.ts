import { z } from 'zod';
import { AllowedHosts } from '../tools/network-policy.ts';
import { Edge, NodeStatus } from './planning/graph.ts';
import { Question } from './question.ts';
import { Money, RunId, RunKind, RunStatus, Timestamp, Tokens } from './run.ts';
import { TEAM_WORKERS } from './worker.ts';

/**
 * Runs as the API accepts and returns them. There are two views of the same rows: `/runs` shows runs of every kind, and
 * `/sprints` shows sprints. `sql/run-view.ts` has the SQL expression of each field that is stored; the compiler
 * requires one for each.
 */

/** Fields of a node in both views. */
const nodeFields = {
  worker: z.string(),
  status: NodeStatus,
  provider: z.string().nullable(),
  model: z.string().nullable(),
  turns: z.int(),
  attempts: z.int().meta({ description: 'Attempts of the current turn that were started' }),
  tokens: Tokens,
  cost_usd: Money,
  result: z.string().nullable(),
  error: z.string().nullable(),
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
};

export const WorkerState = z.strictObject({
  name: z.string().meta({ description: "The node's name in the graph" }),
  ...nodeFields,
});

export const RunNode = z.strictObject({
  id: z.string().meta({ description: 'Unique within the run' }),
  ...nodeFields,
  is_kept: z.boolean().meta({
    description: 'Whether a replay kept the node with its result from the run that it repeats, and did not run it',
  }),
  turns: z.int().meta({ description: 'Turns that are recorded. A node that works is in the next one' }),
  max_turns: z.int().nullable().meta({
    description:
      'The most turns that the node may take; without a final answer it then fails. Null when its worker is no longer declared',
  }),
  depends_on: z.array(z.string()),
  instruction: z.string().nullable(),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
});

/**
 * What a run paid for, by worker, kind and model. The sum of all lines is exactly the cost of the run. `worker` is null
 * for what no worker paid: learning from the run (`extraction`) and most embeddings.
 */
export const CostLine = z.strictObject({
  worker: z.string().nullable().meta({ description: "The node's name in the graph; null for learning and embeddings" }),
  kind: z.string().meta({
    description: 'turn, attempt (a failed try of a turn), embedding, extraction (learning from the run) or search',
  }),
  provider: z.string(),
  model: z.string(),
  price: z.enum(['list', 'configured', 'upper_bound', 'free']).meta({
    description:
      'Where the price is from: the price list; your setting `prices`; the highest price of the provider, because the price is unknown; or none, because it is a server of your own',
  }),
  calls: z.int(),
  estimated_calls: z.int().meta({ description: 'Calls whose tokens the provider did not count' }),
  tokens: Tokens,
  cost_usd: Money,
});

/** Fields of a run in both views. */
const runFields = {
  id: RunId,
  status: RunStatus,
  budget_usd: Money.nullable(),
  cost_usd: Money.meta({
    description: 'US dollars, exact. It may rise after the end of the run, while the run is learned from.',
  }),
  tokens: Tokens.meta({
    description: 'Of the turns of its workers. Learning and embeddings, which cost_usd includes, are lines of `costs`.',
  }),
  error: z.string().nullable(),
  scripted: z.boolean().meta({ description: 'True when a scripted rehearsal answered instead of a model' }),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
};

export const RunSummary = z.strictObject({
  ...runFields,
  kind: RunKind,
  query: z.string(),
  agent_type: z
    .string()
    .nullable()
    .meta({ description: 'The only worker of the run; null when a planner chooses the workers' }),
  replay_of: RunId.nullable(),
  started_by: z.strictObject({
    user_id: z.string(),
    name: z.string().nullable().meta({ description: 'Null when the user is no longer in the tenant' }),
  }),
  open_questions: z.int().meta({ description: 'Questions and approvals that wait for a person' }),
  result: z.string().nullable().meta({ description: 'In lists the first 200 characters' }),
});

export const Run = RunSummary.extend({
  reserved_usd: Money.meta({
    description:
      'US dollars that are set aside for calls under way, also of learning from the run. They count against the budget beside cost_usd',
  }),
  result: z.string().nullable(),
  event_seq: z
    .int()
    .meta({ description: "The number of the run's last event. Stream from here to get later events only" }),
  github_repo: z.string().nullable(),
  allowed_hosts: z.array(z.string()),
  confidence: z
    .number()
    .nullable()
    .meta({ description: 'How sure the planner is that it understood the query, from 0 to 1' }),
  ambiguities: z.array(z.string()),
  costs: z.array(CostLine).meta({ description: 'Their sum is cost_usd' }),
  questions: z.array(Question).meta({ description: "Open questions that wait for the user's answer" }),
  graph: z.strictObject({ nodes: z.array(RunNode), edges: z.array(Edge) }),
});

export const SprintSummary = z.strictObject({
  ...runFields,
  task: z.string(),
  team: z.array(z.string()),
  github_repo: z.string().nullable(),
});

export const Sprint = SprintSummary.extend({
  result: z.string().nullable(),
  costs: z.array(CostLine).meta({ description: 'Their sum is cost_usd' }),
  workers: z.array(WorkerState),
  graph: z.strictObject({
    nodes: z.array(z.strictObject({ id: z.string(), worker: z.string(), status: NodeStatus })),
    edges: z.array(Edge),
  }),
});

/** The GitHub repository that a run may push to after a user has approved the push. */
const GitHubRepo = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be owner/name');

/** The most that a run may cost, in US dollars. */
export const BudgetUsd = z.number().min(0.000001).max(100_000).multipleOf(0.000001);

/** Settings that both kinds of runs accept; `RunSettings` in `sql/run.ts` has their columns. */
export const settingFields = {
  budget_usd: BudgetUsd.optional(),
  github_repo: GitHubRepo.optional(),
  allowed_hosts: AllowedHosts.optional(),
};

/** What a user asks of a run. */
export const QueryText = z.string().trim().min(1).max(20_000);

export const StartRunBody = z.strictObject({
  query: QueryText,
  agent_type: z
    .string()
    .regex(/^[a-z][a-z-]{0,49}$/, 'must be planner or the name of a worker, such as thinker')
    .optional()
    .meta({ description: '`planner` (the default) draws a graph; the name of a worker starts that worker alone' }),
  ...settingFields,
});

export const StartSprintBody = z.strictObject({
  task: QueryText,
  team: z
    .array(z.enum(TEAM_WORKERS))
    .min(1)
    .max(TEAM_WORKERS.length)
    .refine((team) => new Set(team).size === team.length, 'must name each worker only once')
    .optional(),
  ...settingFields,
});
