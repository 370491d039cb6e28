import { z } from 'zod';
import { Trust } from '../../entities/search/hit.ts';
import { MemoryHit } from '../search/hit.ts';

/** The reason why the model's work ended. Only `answered` comes with an answer. */
const EndReason = z.enum([
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
export type EndReason = z.infer<typeof EndReason>;

const Warning = z.enum([
  'uncited',
  'citations_dropped',
  'untrusted_sources',
  'instruction_like_sources',
  'links_removed',
  'instruction_repeated',
  'secret_removed',
]);
export type Warning = z.infer<typeof Warning>;

/** A source that the model was shown in this search, with a quote from it. Both are checked by code. */
const Citation = z.strictObject({
  marker: z.string().meta({ description: 'The answer refers to the citation as [marker]' }),
  kind: z.enum(['fact', 'turn', 'block', 'commit']),
  id: z.string(),
  path: z.string().nullable(),
  block: z.string().nullable(),
  commit_id: z.string().nullable(),
  session_id: z.string().nullable(),
  position: z.int().nullable(),
  quote: z.string(),
  trust: Trust,
  source: z.string().meta({ description: 'The source in words' }),
  said_at: z.string().nullable(),
  valid_from: z.string().nullable(),
  flags: z.array(z.string()),
});
export type Citation = z.infer<typeof Citation>;

/** One tool call of the search, in order. */
const TraceStep = z.strictObject({
  turn: z
    .int()
    .meta({ description: 'The turn of the model that made the call; 0 is the first search, without a model' }),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  why: z.string().nullable(),
  result: z.string(),
  refs: z.array(z.string()).meta({ description: 'The markers of the sources that the model was shown' }),
  tokens: z.int(),
  is_error: z.boolean(),
  is_repeat: z.boolean(),
});
export type TraceStep = z.infer<typeof TraceStep>;

/** The reply of an orchestrated search. */
export const OrchestratedAnswer = z.strictObject({
  retrieval: z.enum(['orchestrated', 'search_only']).meta({
    description: '`search_only`: there is no answer of a model, only `items`',
  }),
  ended_by: EndReason,
  detail: z.string().nullable().meta({ description: 'Why there is no answer, in a sentence' }),
  answer: z
    .string()
    .nullable()
    .meta({ description: 'Plain text with markers such as [F1]; do not render it as markup' }),
  confidence: z.number().min(0).max(1).nullable(),
  confidence_reason: z.string().nullable().meta({ description: 'Why there is no confidence, or why it was lowered' }),
  unanswered: z.boolean().meta({ description: 'Whether memory holds no evidence for an answer' }),
  citations: z.array(Citation),
  dropped_citations: z
    .int()
    .meta({ description: 'Citations of a source that was not shown, or of words that are not in it' }),
  warnings: z.array(Warning),
  items: z.array(MemoryHit).meta({ description: 'The hits of all searches, those of the query itself first' }),
  steps: z.array(TraceStep),
  tokens: z.strictObject({
    read: z.int().meta({ description: 'Tokens of memory that the model was shown' }),
    max: z.int(),
    input: z.int(),
    output: z.int(),
    cached: z.int(),
  }),
  turns: z.int().meta({ description: 'Turns of the model' }),
  cost_usd: z.string().meta({ description: 'The exact cost of all calls in US dollars, failed calls included' }),
});
export type OrchestratedAnswer = z.infer<typeof OrchestratedAnswer>;
