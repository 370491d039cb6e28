import { z } from 'zod';
import { AllowedHosts } from '../tools/network-policy.ts';
import { NodeStatus } from './graph.ts';
import { Question } from './question.ts';
import { GitHubRepo, Money, RunId, RunStatus, Timestamp, Tokens } from './run.ts';

/** Runs of every kind as `/runs` shows them: sprints among them, with the graph and what each node is, did and cost. */

export const RunNode = z.strictObject({
  id: z.string().meta({ description: 'Unique within the run' }),
  worker: z.string(),
  status: NodeStatus,
  depends_on: z.array(z.string()),
  instruction: z.string().nullable(),
  reads: z.array(z.string()),
  writes: z.array(z.string()),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  turns: z.int(),
  attempts: z.int(),
  tokens: Tokens,
  cost_usd: Money,
  result: z.string().nullable(),
  error: z.string().nullable(),
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

export const RunSummary = z.strictObject({
  id: RunId,
  kind: z.enum(['run', 'sprint']),
  status: RunStatus,
  query: z.string(),
  agent_type: z
    .string()
    .nullable()
    .meta({ description: 'The one worker that does it all, where the person named one' }),
  budget_usd: Money.nullable(),
  cost_usd: Money,
  tokens: Tokens,
  error: z.string().nullable(),
  replay_of: RunId.nullable(),
  scripted: z.boolean().meta({ description: 'True when a scripted rehearsal answered in place of a model' }),
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

export const Run = RunSummary.extend({
  result: z.string().nullable(),
  github_repo: z.string().nullable(),
  allowed_hosts: z.array(z.string()),
  confidence: z.number().nullable().meta({ description: 'How sure the planner was that it understood the query' }),
  ambiguities: z.array(z.string()),
  /** What waits for the person's answer. */
  questions: z.array(Question),
  graph: z.strictObject({
    nodes: z.array(RunNode),
    edges: z.array(z.strictObject({ source: z.string(), target: z.string() })),
  }),
});

/** Exact to a millionth of a dollar. */
export const Budget = z.number().positive().max(100_000).multipleOf(0.000001);

export const StartRunBody = z.strictObject({
  query: z.string().trim().min(1).max(20_000),
  agent_type: z
    .string()
    .regex(/^[a-z][a-z-]{0,49}$/)
    .optional()
    .meta({ description: '`planner` (if left out) draws a graph; the name of a worker lets that one do it all' }),
  budget_usd: Budget.optional(),
  github_repo: GitHubRepo.optional(),
  allowed_hosts: AllowedHosts.optional(),
});
