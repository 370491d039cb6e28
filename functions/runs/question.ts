import { z } from 'zod';
import { Timestamp } from './run.ts';

/**
 * A question to the user, asked by a tool call and answered once. `question`: a worker or a planner asks.
 * `approval`: the engine asks before it runs a tool that needs approval, with the exact arguments.
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
  fingerprint: z
    .string()
    .nullable()
    .meta({ description: 'Of an approval: the hash of what is shown. When it changes, the approval does not hold' }),
  created_at: Timestamp,
  expires_at: Timestamp,
});
export type Question = z.infer<typeof Question>;

/**
 * Days until a question expires. Users may be away for weeks; an approval expires sooner, because the state that it was
 * given for changes.
 */
export const DAYS_OPEN = { question: 90, approval: 14 } as const;

/**
 * Parses an answer to an approval: `approve`, or `reject`, optionally with a reason after a colon. Returns undefined
 * for every other answer, so that "approve, but first …" starts nothing.
 */
export function decisionIn(response: string): { approved: boolean } | undefined {
  if (/^approved?$/i.test(response.trim())) return { approved: true };
  return /^reject(ed)?\s*(:|$)/i.test(response.trim()) ? { approved: false } : undefined;
}
