import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The workers of a team. The chef plans and sums up; the others do the work that he sends them. */
export const TEAM_WORKERS = ['backend', 'frontend', 'devops'] as const;
export const WorkerName = z.enum(['chef', ...TEAM_WORKERS]);
export type WorkerName = z.infer<typeof WorkerName>;

/** What a node's worker is asked to do; each has a prompt file of its own name in `prompts/`. */
export type Assignment = 'chef-plan' | 'chef-summary' | (typeof TEAM_WORKERS)[number];

/** A model answers at most this often in one node. The last turns say so, and a node that uses them up without an answer has failed. */
export const TURN_LIMITS: Record<Assignment, number> = {
  'chef-plan': 12,
  'chef-summary': 12,
  backend: 40,
  frontend: 40,
  devops: 40,
};

/** What a turn may produce at most. */
export const MAX_OUTPUT_TOKENS = 16_384;

const prompts = new Map<string, string>();

/**
 * The system instruction of an assignment: its prompt file, whose first line names the worker, with the team filled in. Files in the domain's
 * folder, so that a change of wording is a change that review sees.
 */
export function systemPrompt(assignment: Assignment, team: readonly string[]): string {
  let text = prompts.get(assignment);
  if (text === undefined) {
    text = readFileSync(new URL(`./prompts/${assignment}.md`, import.meta.url), 'utf8').trim();
    prompts.set(assignment, text);
  }
  return text.replaceAll('{team}', team.join(', '));
}

/** The assignment of a node: the chef's nodes are told apart by name. */
export function assignmentOf(node: { name: string; worker: string }): Assignment {
  const worker = WorkerName.parse(node.worker);
  if (worker !== 'chef') return worker;
  return node.name === 'plan' ? 'chef-plan' : 'chef-summary';
}
