import { z } from 'zod';
import { Trust } from '../../entities/search/hit.ts';
import { MemoryHit } from '../hit.ts';

/** What an orchestrated search answers. */

/** How the model's work ended. Only `answered` has an answer. */
export const Ending = z.enum([
  'answered',
  'empty',
  'no_model',
  'max_turns',
  'budget',
  'day_budget',
  'time',
  'refused',
  'model_failed',
]);
export type Ending = z.infer<typeof Ending>;

export const Warning = z.enum([
  'uncited',
  'citations_dropped',
  'untrusted_sources',
  'instruction_like_sources',
  'links_removed',
  'instruction_repeated',
  'secret_removed',
]);
export type Warning = z.infer<typeof Warning>;

/** A source that was read in this search, with words that stand in it: both were checked. */
export const Citation = z.strictObject({
  marker: z.string().meta({ description: 'Stands in the answer as [marker]' }),
  kind: z.enum(['fact', 'turn', 'block', 'commit']),
  id: z.string(),
  path: z.string().nullable(),
  block: z.string().nullable(),
  commit_id: z.string().nullable(),
  session_id: z.string().nullable(),
  position: z.int().nullable(),
  quote: z.string(),
  trust: Trust,
  source: z.string().meta({ description: 'Where it comes from, in words' }),
  said_at: z.string().nullable(),
  valid_from: z.string().nullable(),
  flags: z.array(z.string()),
});
export type Citation = z.infer<typeof Citation>;

/** One thing that was read, in order. */
export const Step = z.strictObject({
  turn: z
    .int()
    .meta({ description: 'The turn of the model that asked for it; 0 is the search for the question itself' }),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  why: z.string().nullable(),
  result: z.string(),
  refs: z.array(z.string()).meta({ description: 'The markers of what was shown' }),
  tokens: z.int(),
  is_error: z.boolean(),
  is_repeat: z.boolean(),
});
export type Step = z.infer<typeof Step>;

export const Orchestrated = z.strictObject({
  retrieval: z.enum(['orchestrated', 'search_only']).meta({
    description: '`search_only`: no model answered, and `items` is all there is',
  }),
  ended_by: Ending,
  detail: z.string().nullable().meta({ description: 'Why there is no answer, in a sentence' }),
  answer: z
    .string()
    .nullable()
    .meta({ description: 'Plain text with markers such as [F1]; never markup to be rendered' }),
  confidence: z.number().min(0).max(1).nullable(),
  confidence_reason: z.string().nullable().meta({ description: 'Why there is none, or why it was lowered' }),
  unanswered: z.boolean().meta({ description: 'Memory holds no evidence for an answer' }),
  citations: z.array(Citation),
  dropped_citations: z
    .int()
    .meta({ description: 'Those that named nothing that was read, or words that do not stand there' }),
  warnings: z.array(Warning),
  items: z.array(MemoryHit).meta({ description: 'What the searches found, the question’s own first' }),
  steps: z.array(Step),
  tokens: z.strictObject({
    read: z.int().meta({ description: 'Of memory that the model was shown' }),
    max: z.int(),
    input: z.int(),
    output: z.int(),
    cached: z.int(),
  }),
  turns: z.int().meta({ description: 'Answers of the model' }),
  cost_usd: z.string().meta({ description: 'US dollars, exact, of every call, failed ones included' }),
});
export type Orchestrated = z.infer<typeof Orchestrated>;
