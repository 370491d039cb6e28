import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelChoice } from '../platform/models/model.ts';

/**
 * Workers are data: each is a file in `workers/`. Its frontmatter names its tools, its limits and optionally its model;
 * its text is the instruction. A change of wording or of rights is visible in review, and a new worker is a new file.
 */

/** The workers of a sprint's team. The chef plans and sums up; the others do the work that the chef sends them. */
export const TEAM_WORKERS = ['backend', 'frontend', 'devops'] as const;

/** The most tokens that one turn may produce. */
export const MAX_OUTPUT_TOKENS = 16_384;

const FOLDER = new URL('./workers/', import.meta.url);
const list = z.string().transform((text) => text.split(',').map((name) => name.trim()));

const Head = z.strictObject({
  /** The worker's name in logs, messages and the tenant's `worker_config`. */
  worker: z.string().regex(/^[a-z][a-z_-]{0,49}$/),
  /** Tells the planner what the worker is good for. */
  description: z.string(),
  tools: list,
  /**
   * The most turns in one node. The last two turns tell the model so; a node that uses all turns without a final answer
   * fails.
   */
  turns: z.coerce.number().int().min(1).max(200),
  /** `provider/model`, when this worker needs another model than the default of the tenant or the deployment. */
  model: z
    .string()
    .regex(/^[a-z]+\/.+$/)
    .transform((text) => ModelChoice.parse({ provider: text.split('/')[0], model: text.split('/').slice(1).join('/') }))
    .optional(),
  /** Whether a planner may use the worker. */
  plannable: z.enum(['yes', 'no']).default('no'),
});

export type Worker = z.output<typeof Head> & { assignment: string; instruction: string };

const known = new Map<string, Worker>();

/** Returns the worker that a file declares. @throws Error when there is no such file */
export function workerOf(assignment: string): Worker {
  const found = known.get(assignment) ?? parseWorker(assignment);
  known.set(assignment, found);
  return found;
}

/** Returns the workers that a planner may use, sorted by name. */
export function plannableWorkers(): Worker[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));
  return files
    .map((file) => workerOf(file.slice(0, -'.md'.length)))
    .filter((worker) => worker.plannable === 'yes')
    .sort((one, other) => one.assignment.localeCompare(other.assignment));
}

/** Reads the file of a worker. @throws Error when there is no such file or it declares something unknown */
export function parseWorker(assignment: string, folder: URL = FOLDER): Worker {
  if (!/^[a-z][a-z-]*$/.test(assignment))
    throw new Error(`${assignment} is not the name of a worker: use lower-case letters and hyphens`);
  const text = readFileSync(new URL(`${assignment}.md`, folder), 'utf8');
  const [, head = '', instruction = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
  const lines = head.split('\n').filter((line) => line !== '');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return { ...Head.parse(Object.fromEntries(fields)), assignment, instruction: instruction.trim() };
}

/**
 * Returns the system instruction of a worker. Its first line names the worker. A paragraph that names `{team}` is left
 * out when there is no team.
 */
export function systemPrompt(assignment: string, team: readonly string[]): string {
  return workerOf(assignment)
    .instruction.split('\n\n')
    .filter((paragraph) => team.length > 0 || !paragraph.includes('{team}'))
    .join('\n\n')
    .replaceAll('{team}', () => team.join(', '))
    .replaceAll('{workers}', () =>
      plannableWorkers()
        .map((worker) => `- ${worker.assignment}: ${worker.description}`)
        .join('\n'),
    );
}

/** Returns the file that declares a node's worker. The chef has two files, one for each of its nodes. */
export function assignmentOf(node: { name: string; worker: string }): string {
  if (node.worker !== 'chef') return node.worker;
  return node.name === 'plan' ? 'chef-plan' : 'chef-summary';
}

/** Returns the most turns that a node may take. */
export function turnLimitOf(node: { name: string; worker: string }): number {
  return workerOf(assignmentOf(node)).turns;
}

/** Returns the worker of a node; undefined when no file declares it, as in a run of long ago or a call of a user. */
export function knownWorkerOf(node: { name: string; worker: string }): Worker | undefined {
  const assignment = assignmentOf(node);
  const isDeclared = known.has(assignment) || existsSync(new URL(`${assignment}.md`, FOLDER));
  return isDeclared ? workerOf(assignment) : undefined;
}
