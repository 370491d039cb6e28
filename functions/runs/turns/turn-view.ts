import { z } from 'zod';
import { Money, Timestamp, Tokens } from '../run.ts';

/** A turn as the API shows it: in a list, and in detail. */

export const TurnSummary = z.strictObject({
  node: z.string(),
  worker: z.string(),
  turn: z.int().meta({ description: "Counts the node's turns from 0, as `turn` in events does" }),
  provider: z.string(),
  model: z.string(),
  status: z.enum(['completed', 'running', 'waiting', 'interrupted']).meta({
    description:
      'running: a call of the turn is under way; waiting: one waits; interrupted: the node ended before them',
  }),
  finish_reason: z.string().nullable(),
  fault: z.string().nullable().meta({ description: 'What was wrong with the answer, as the model reads it next' }),
  started_at: Timestamp,
  completed_at: Timestamp.meta({ description: 'When the answer was recorded' }),
  duration_ms: z.int(),
  tokens: Tokens,
  cost_usd: Money,
  tool_calls: z.int(),
  failed_calls: z.int(),
  text: z.string().meta({ description: 'The first 300 characters of the answer' }),
});

/** A text that is cut when it is too long for the answer. */
const cutFields = {
  text: z.string(),
  truncated: z.boolean(),
};

export const PART_KINDS = [
  'system',
  'task',
  'instruction',
  'input',
  'step',
  'preferences',
  'memory',
  'message',
  'report',
  'files',
  'earlier_turn',
  'tool_result',
  'note',
] as const;

export const ContextPart = z.strictObject({
  kind: z.enum(PART_KINDS),
  title: z.string(),
  ...cutFields,
  tokens: z.int().meta({ description: 'Estimated from the characters; only the sum of a turn is counted exactly' }),
  withheld: z.boolean().meta({ description: 'True for memory of a run that somebody else started: it is not shown' }),
});
export type ContextPart = z.infer<typeof ContextPart>;

const TurnCall = z.strictObject({
  index: z.int(),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  status: z.enum(['started', 'waiting', 'completed', 'not_run']),
  output: z.string().nullable().meta({ description: 'At most 100,000 characters' }),
  truncated: z.boolean(),
  is_error: z.boolean(),
  fault: z.string().nullable().meta({ description: 'Why the call did not run' }),
  duration_ms: z.int().nullable(),
  attempts: z.int().meta({ description: 'Counted for tools that are not safe to repeat; 0 for the others' }),
  started_at: Timestamp.nullable(),
  completed_at: Timestamp.nullable(),
});

const Attempt = z.strictObject({
  at: Timestamp,
  outcome: z.enum(['answered', 'failed', 'postponed']).meta({
    description: 'failed: paid, without an answer; postponed: tried again later, with the reason',
  }),
  error: z.string().nullable(),
  tokens: Tokens.nullable(),
  cost_usd: Money.nullable(),
});

const Remembered = z.strictObject({
  id: z.string(),
  found_by: z
    .string()
    .meta({ description: '`prompt` for what the node was told at its start, or the index of a call' }),
  text: z.string().nullable().meta({ description: 'Null when it is forgotten, or is private to another user' }),
  source: z.string().nullable(),
  trust: z.string().nullable(),
});

export const TurnDetail = TurnSummary.omit({ text: true, tool_calls: true }).extend({
  said: z.strictObject(cutFields),
  thinking: z.string().nullable().meta({ description: 'Null when the provider did not give it for keeping' }),
  tools: z.array(z.string()).meta({ description: 'The tools of the worker' }),
  told: z.array(ContextPart),
  tool_calls: z.array(TurnCall),
  memories_used: z.array(Remembered),
  preferences_used: z.array(z.string()).meta({ description: 'hub/field of the preferences in the prompt' }),
  facts_learned: z.array(z.strictObject({ text: z.string(), category: z.string(), call: z.int() })),
  files_written: z.array(z.string()),
  attempts: z.array(Attempt),
  as_of: Timestamp.nullable().meta({ description: 'When memory was read for the prompt of the node' }),
});
