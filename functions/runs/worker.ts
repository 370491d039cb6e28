import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelChoice } from '../platform/models/model.ts';

/**
 * Workers are data: each is a file in `workers/`, whose head names its tools, its limits and, if it wishes one, its model, and whose text is its instruction.
 * A change of wording or of rights is a change that review sees; a new worker is a new file.
 */

/** The workers of a sprint's team. The chef plans and sums up; the others do the work that he sends them. */
export const TEAM_WORKERS = ['backend', 'frontend', 'devops'] as const;

/** What a turn may produce at most. */
export const MAX_OUTPUT_TOKENS = 16_384;

const FOLDER = new URL('./workers/', import.meta.url);
const list = z.string().transform((text) => text.split(',').map((name) => name.trim()));

const Head = z.strictObject({
  /** What the worker is called in logs, messages and the tenant's `worker_config`. */
  worker: z.string().regex(/^[a-z][a-z_-]{0,49}$/),
  /** For the planner: what it is good for. */
  description: z.string(),
  tools: list,
  /** A model answers at most this often in one node. The last turns say so, and a node that uses them up without an answer has failed. */
  turns: z.coerce.number().int().min(1).max(200),
  /** `provider/model`, where the worker is better with another than the tenant's or the deployment's default. */
  model: z
    .string()
    .regex(/^[a-z]+\/.+$/)
    .transform((text) => ModelChoice.parse({ provider: text.split('/')[0], model: text.split('/').slice(1).join('/') }))
    .optional(),
  /** Whether a planner may name it. */
  plannable: z.enum(['yes', 'no']).default('no'),
});

export type Worker = z.output<typeof Head> & { assignment: string; instruction: string };

const known = new Map<string, Worker>();

/** The worker that a file declares. @throws Error when there is none of this name. */
export function workerOf(assignment: string): Worker {
  const found = known.get(assignment) ?? parseWorker(assignment);
  known.set(assignment, found);
  return found;
}

/** The workers that a planner may name, by name. */
export function plannableWorkers(): Worker[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));
  return files
    .map((file) => workerOf(file.slice(0, -'.md'.length)))
    .filter((worker) => worker.plannable === 'yes')
    .sort((one, other) => one.assignment.localeCompare(other.assignment));
}

function parseWorker(assignment: string): Worker {
  if (!/^[a-z][a-z-]*$/.test(assignment)) throw new Error(`No worker is called ${assignment}`);
  const text = readFileSync(new URL(`${assignment}.md`, FOLDER), 'utf8');
  const [, head = '', instruction = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const lines = head.split('\n').filter((line) => line !== '');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return { ...Head.parse(Object.fromEntries(fields)), assignment, instruction: instruction.trim() };
}

/** The system instruction of a node's worker; its first line names the worker. */
export function systemPrompt(assignment: string, team: readonly string[]): string {
  return workerOf(assignment)
    .instruction.replaceAll('{team}', () => team.join(', '))
    .replaceAll('{workers}', () =>
      plannableWorkers()
        .map((worker) => `- ${worker.assignment}: ${worker.description}`)
        .join('\n'),
    );
}

/** Which file a node's worker is declared in: the chef's two parts are told apart by the node's name. */
export function assignmentOf(node: { name: string; worker: string }): string {
  if (node.worker !== 'chef') return node.worker;
  return node.name === 'plan' ? 'chef-plan' : 'chef-summary';
}

/** How often a node's model may answer. */
export function turnLimitOf(node: { name: string; worker: string }): number {
  return workerOf(assignmentOf(node)).turns;
}
