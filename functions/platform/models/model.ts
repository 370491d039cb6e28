import { z } from 'zod';

/**
 * The providers of language models. `rehearsal` is the scripted team, which needs no key. Only
 * `platform/models/providers/` knows their wire formats.
 */
export const ProviderName = z.enum(['gemini', 'claude', 'openai', 'qwen', 'rehearsal']);
export type ProviderName = z.infer<typeof ProviderName>;

/** Which model a worker uses. */
export const ModelChoice = z.strictObject({ provider: ProviderName, model: z.string().min(1).max(200) });
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
});
export type ToolCallRequest = z.infer<typeof ToolCallRequest>;

/**
 * The conversation, oldest first. A `tool` message answers calls of the assistant message before it, in the order of
 * the calls.
 */
export type ModelMessage =
  | { role: 'user'; text: string }
  | { role: 'assistant'; text: string; toolCalls: ToolCallRequest[] }
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
}

/**
 * Tokens of one call. `input_tokens` includes `cached_tokens`; `output_tokens` includes thinking. `estimated`: the
 * provider did not count them, or not all.
 */
export const Usage = z.object({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cached_tokens: z.int().nonnegative(),
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
  isDoubtful?: boolean | undefined;
}

/** Why the model stopped. `length`: it reached the output limit. `refused`: a safety block without usable text. */
export const FinishReason = z.enum(['stop', 'tool_calls', 'length', 'refused']);
export type FinishReason = z.infer<typeof FinishReason>;

/**
 * An event of an answer. `usage` is a running total that replaces the previous one. It may come any number of times, so
 * that a failed attempt can be booked. `received` is what costs money and is no text of the answer: a piece of a call's
 * arguments, or thinking. It counts where the provider does not count.
 */
export type ModelEvent =
  | { type: 'text_delta'; text: string }
  | { type: 'received'; text: string }
  | { type: 'usage'; usage: ReportedUsage }
  | { type: 'tool_call'; call: ToolCallRequest }
  | { type: 'finish'; reason: FinishReason; usage: ReportedUsage | undefined };

/** A whole answer, recorded once for each node and turn. */
export const ModelTurn = z.object({
  text: z.string(),
  tool_calls: z.array(ToolCallRequest),
  finish_reason: FinishReason,
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
}

/**
 * A failed model call. `retryable`: the same call may succeed later. `retryAfterMs`: the wait that the provider asks
 * for. The message never contains a key or a prompt.
 */
export class ModelError extends Error {
  readonly kind: 'rate_limited' | 'unavailable' | 'timeout' | 'invalid_answer' | 'rejected' | 'unauthorized';
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: ModelError['kind'],
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ModelError';
    this.kind = kind;
    this.retryable =
      kind === 'rate_limited' || kind === 'unavailable' || kind === 'timeout' || kind === 'invalid_answer';
    this.retryAfterMs = options.retryAfterMs;
  }
}
