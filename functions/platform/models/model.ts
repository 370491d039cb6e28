import { z } from 'zod';

/**
 * One interface for every language model. A provider turns a {@link ModelRequest} into a stream of {@link ModelEvent}s; nothing
 * outside `platform/models/` knows a provider's wire format.
 */

export const ProviderName = z.enum(['gemini', 'claude', 'openai', 'rehearsal']);
export type ProviderName = z.infer<typeof ProviderName>;

/** Which model a worker uses. `rehearsal` is the scripted team that needs no key. */
export const ModelChoice = z.strictObject({ provider: ProviderName, model: z.string().min(1).max(200) });
export type ModelChoice = z.infer<typeof ModelChoice>;

/** A tool as a model sees it: `parameters` is a JSON Schema object (draft 2020-12, made by `z.toJSONSchema`). */
export interface ToolDeclaration {
  name: string;
  description: string;
  parameters: Record<string, unknown>;
}

/** One call that a model asks for. `id` is the provider's, or one of ours where the provider has none; unique within a turn. */
export const ToolCallRequest = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  /** Opaque data that the provider wants back with the call (Gemini's thought signature). */
  signature: z.string().optional(),
});
export type ToolCallRequest = z.infer<typeof ToolCallRequest>;

/** The conversation, oldest first. A `tool` message answers calls of the assistant message before it, in the order of the calls. */
export type ModelMessage =
  | { role: 'user'; text: string }
  | { role: 'assistant'; text: string; toolCalls: ToolCallRequest[] }
  | { role: 'tool'; results: ToolResult[] };

/** What a tool answered; `isError` tells the model that the call failed and why. */
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
  /** Ask for JSON that fits this JSON Schema. The caller parses the text with its own schema; providers only pass the wish on. */
  responseSchema?: Record<string, unknown>;
}

/** Tokens of one call. `input` includes `cached`; `output` includes thinking. All are whole, non-negative numbers. */
export const Usage = z.object({
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cached_tokens: z.int().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;

/** Why the model stopped. `length`: the output limit cut it; `refused`: a safety block, with no usable text. */
export const FinishReason = z.enum(['stop', 'tool_calls', 'length', 'refused']);
export type FinishReason = z.infer<typeof FinishReason>;

/**
 * `usage` is a running total that replaces the one before it; it may come any number of times before `finish`, so that an
 * attempt that fails half-way is still booked.
 */
export type ModelEvent =
  | { type: 'text_delta'; text: string }
  | { type: 'usage'; usage: Usage }
  | { type: 'tool_call'; call: ToolCallRequest }
  | { type: 'finish'; reason: FinishReason; usage: Usage };

/** A whole answer, as it is recorded once per (node, turn). */
export const ModelTurn = z.object({
  text: z.string(),
  tool_calls: z.array(ToolCallRequest),
  finish_reason: FinishReason,
  usage: Usage,
});
export type ModelTurn = z.infer<typeof ModelTurn>;

/** A provider. `stream` ends with exactly one `finish` event or throws a {@link ModelError}; an abort throws the signal's reason. */
export interface Model {
  provider: ProviderName;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/**
 * A model call that failed, classified once: `retryable` says whether the same call may succeed later, `retryAfterMs` when the
 * provider said so. The message never holds a key or a prompt.
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
