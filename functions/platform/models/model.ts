import { z } from 'zod';
import { AppliedEdit, type ContextEdits } from '../compaction/context-edits.ts';
import { type Capabilities, CapabilityOverrides } from './capabilities.ts';
import type { ModelImage } from './model-image.ts';

/**
 * The providers of language models. `rehearsal` is the scripted team, which needs no key. Only
 * `platform/models/providers/` knows their wire formats.
 */
export const ProviderName = z.enum(['gemini', 'claude', 'openai', 'qwen', 'rehearsal']);
export type ProviderName = z.infer<typeof ProviderName>;

/**
 * The name of a model. Gemini's SDK puts it into the path of a URL, so it has only characters that mean nothing there
 * (`hf.co/owner/Qwen3:Q4_K_M`, `models/gemini-3.8-flash`), and no empty segment and no two dots in a row.
 */
export const ModelName = z
  .string()
  .max(200)
  .regex(
    /^(?!.*\.\.)\w[\w.:@+-]*(?:\/\w[\w.:@+-]*)*$/,
    'must be the name of a model: letters, digits and - _ . : @ + /',
  );

/** Which model a worker uses. `capabilities` are what the tenant knows better than the table of families. */
export const ModelChoice = z.strictObject({
  provider: ProviderName,
  model: ModelName,
  capabilities: CapabilityOverrides.optional(),
});
export type ModelChoice = z.infer<typeof ModelChoice>;

/** A tool as a model sees it. `parameters` is a JSON Schema object (draft 2020-12, made by `z.toJSONSchema`). */
export interface ToolDeclaration {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

/**
 * A tool call that a model requests. `id` is the provider's, or ours when the provider has none; unique within a turn.
 */
export const ToolCallRequest = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  /** Opaque data that the provider wants back with the call (Gemini's thought signature). */
  signature: z.string().optional(),
  /** Why the call must not run: the result that the model reads instead. */
  fault: z.string().optional(),
});
export type ToolCallRequest = z.infer<typeof ToolCallRequest>;

/**
 * What a model thought before its answer, for providers that want it back. `place` is where it stood in the answer: in
 * one of two fields, in parts of the content, or between tags in the text. `details` are signed blocks of OpenRouter.
 */
export const Thinking = z.object({
  text: z.string(),
  place: z.enum(['reasoning_content', 'reasoning', 'parts', 'tags']),
  details: z.array(z.record(z.string(), z.unknown())).optional(),
});
export type Thinking = z.infer<typeof Thinking>;

/**
 * The conversation, oldest first. A `tool` message answers calls of the assistant message before it, in the order of
 * the calls.
 */
export type ModelMessage =
  | { role: 'user'; text: string; images?: readonly ModelImage[] | undefined }
  | { role: 'assistant'; text: string; toolCalls: ToolCallRequest[]; thinking?: Thinking | undefined }
  | { role: 'tool'; results: ToolResult[] };

/** The result of a tool call. With `isError`, `output` tells the model why the call failed. */
export interface ToolResult {
  id: string;
  name: string;
  output: string;
  isError: boolean;
}

export interface ModelRequest {
  model: string;
  /** System instruction. Its first line names the worker: `You are the <worker> worker`. */
  system: string;
  messages: ModelMessage[];
  tools: ToolDeclaration[];
  maxOutputTokens: number;
  temperature?: number;
  /** Requests JSON that matches this JSON Schema. Providers only pass the schema on; the caller validates the text. */
  responseSchema?: Record<string, unknown>;
  /** What the provider may clear of `messages`. Providers without the capability `context_edits` get none of it. */
  contextEdits?: ContextEdits | undefined;
  /** What the tenant knows about the model. */
  capabilities?: CapabilityOverrides | undefined;
}

/**
 * Tokens of one call. `input_tokens` includes `cached_tokens`, which were read from the provider's cache, and
 * `cache_write_tokens`, which were written to it. `output_tokens` includes thinking. `estimated`: the provider did not
 * count them, or not all.
 */
export const Usage = z.object({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cached_tokens: z.int().nonnegative(),
  cache_write_tokens: z.int().positive().optional(),
  estimated: z.literal(true).optional(),
});
export type Usage = z.infer<typeof Usage>;

/**
 * What a provider said about the tokens of one answer. Missing and malformed counts are absent. `isDoubtful`: a count
 * came as text, so it only counts as the least that was used.
 */
export interface ReportedUsage {
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cached_tokens?: number | undefined;
  cache_write_tokens?: number | undefined;
  isDoubtful?: boolean | undefined;
}

/**
 * Why the model stopped; `providers/stop-reasons.ts` maps the words of the providers. Only `stop` means that it has
 * finished.
 *
 * - `length`: it reached the output limit.
 * - `refused`: it does not want to answer. `filtered`: a filter of the provider blocked the prompt or the answer.
 *   `recited`: the provider found published text in the answer.
 * - `context_full`: prompt and answer have filled the context window.
 * - `interrupted`: the server broke off. Never in a turn: it is a failed attempt.
 * - `unknown`: the provider gave a reason that is not known.
 */
export const FinishReason = z.enum([
  'stop',
  'tool_calls',
  'length',
  'refused',
  'filtered',
  'recited',
  'context_full',
  'interrupted',
  'unknown',
]);
export type FinishReason = z.infer<typeof FinishReason>;

/** Why a model stopped, with the provider's word for it and what the model should read about its answer. */
export interface Stop {
  reason: FinishReason;
  word?: string | undefined;
  fault?: string | undefined;
}

/**
 * An event of an answer. `text_was_thinking`: the text so far was thinking whose opening tag is part of the prompt.
 * `usage` is a running total that replaces the previous one. It may come any number of times, so that a failed attempt
 * can be booked. `received` is what costs money and is neither text nor thinking: a piece of a call's arguments, or
 * thinking that is not kept. It counts where the provider does not count.
 */
export type ModelEvent =
  | { type: 'text_delta'; text: string }
  | ({ type: 'thinking_delta' } & Thinking)
  | { type: 'text_was_thinking' }
  | { type: 'received'; text: string }
  | { type: 'usage'; usage: ReportedUsage }
  | { type: 'tool_call'; call: ToolCallRequest }
  | { type: 'context_edited'; edits: AppliedEdit[] }
  | ({ type: 'finish'; usage: ReportedUsage | undefined } & Stop);

/** A whole answer, recorded once for each node and turn. */
export const ModelTurn = z.object({
  text: z.string(),
  thinking: Thinking.optional(),
  tool_calls: z.array(ToolCallRequest),
  finish_reason: FinishReason.exclude(['interrupted']),
  /** The provider's word for the reason, when the answer is not finished. */
  stop_word: z.string().optional(),
  /** What is wrong with the answer as a whole: the message that the model reads next. */
  fault: z.string().optional(),
  /** What the provider cleared of the conversation, when the request allowed it. */
  context_edits: z.array(AppliedEdit).optional(),
  usage: Usage,
});
export type ModelTurn = z.infer<typeof ModelTurn>;

/**
 * A provider's models. `stream` ends with exactly one `finish` event or throws a {@link ModelError}. An abort throws
 * the signal's reason.
 */
export interface Model {
  provider: ProviderName;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Returns the request as it will be sent: with an output limit and a history that the model takes. */
  prepare?(request: ModelRequest): ModelRequest;
  /** Returns what the model takes: its context window, and whether the provider edits the context. */
  capabilitiesOf?(request: Pick<ModelRequest, 'model' | 'capabilities'>): Capabilities;
}

/**
 * A failed model call. `retryable`: the same call may succeed later. `retryAfterMs`: the wait that the provider asks
 * for. `isAway`: the server could not be reached or takes no requests now, such as while it loads the model. The
 * message tells a user the cause and what to do; it never contains a key or a prompt.
 *
 * - `rate_limited`, `unavailable`, `timeout`: failures on the way, which pass.
 * - `invalid_answer`: an answer that cannot be read. The same call is tried once more at most.
 * - `too_long`: the prompt does not fit into the model's context window.
 */
export class ModelError extends Error {
  readonly kind:
    | 'rate_limited'
    | 'unavailable'
    | 'timeout'
    | 'invalid_answer'
    | 'too_long'
    | 'rejected'
    | 'unauthorized';
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly isAway: boolean;

  constructor(
    kind: ModelError['kind'],
    message: string,
    options: { retryAfterMs?: number | undefined; isAway?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ModelError';
    this.kind = kind;
    this.retryable =
      kind === 'rate_limited' || kind === 'unavailable' || kind === 'timeout' || kind === 'invalid_answer';
    this.retryAfterMs = options.retryAfterMs;
    this.isAway = options.isAway === true && (kind === 'rate_limited' || kind === 'unavailable');
  }

  /** Whether the same work would fail again: the provider refuses it, or the model was asked twice in vain. */
  get isFinal(): boolean {
    return !this.retryable || this.kind === 'invalid_answer';
  }
}
