import { z } from 'zod';
import { Timestamp } from './run.ts';

/**
 * A question to the person, asked once by a call of a node and answered once: a worker's or a planner's own (`question`), or the engine's before a tool that
 * needs approval (`approval`), with the arguments as they will be used.
 */
export const Question = z.strictObject({
  id: z.string(),
  node_id: z.string().meta({ description: "The node's id in the graph" }),
  kind: z.enum(['question', 'approval']),
  text: z.string(),
  options: z.array(z.string()),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  details: z.string().nullable().meta({ description: 'The dry run, where there is one' }),
  created_at: Timestamp,
  expires_at: Timestamp,
});
export type Question = z.infer<typeof Question>;

/** How long a question stays open: people are away for weeks, and what was a good push then is not for ever. */
export const DAYS_OPEN = { question: 90, approval: 14 } as const;

/**
 * What an answer to an approval says: `approve` and nothing else, or `reject` with a reason behind a colon if there is one. Undefined for anything else, which
 * is refused: nobody's `approve, but first…` starts a deployment.
 */
export function decisionIn(response: string): { approved: boolean } | undefined {
  if (/^approved?$/i.test(response.trim())) return { approved: true };
  return /^reject(ed)?\s*(:|$)/i.test(response.trim()) ? { approved: false } : undefined;
}
