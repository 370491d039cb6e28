import type Anthropic from '@anthropic-ai/sdk';
import type { BetaRawMessageStreamEvent } from '@anthropic-ai/sdk/resources/beta/messages';
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { z } from 'zod';
import { type Environment, environment } from '../../environment.ts';
import type { Capabilities } from '../capabilities.ts';
import { type Model, ModelError, type ModelEvent, type ModelRequest, type ReportedUsage } from '../model.ts';
import { readUsage } from '../reported-usage.ts';
import { ServerCapabilities } from './adapt-request.ts';
import { CONTEXT_EDITS_BETA, readAppliedEdits, toContextManagement } from './claude-context-edits.ts';
import { type ThinkingBlocks, toClaudeRequest } from './claude-request.ts';
import { guardStream } from './guard-stream.ts';
import { stopOf } from './stop-reasons.ts';
import { ToolCallBuffer } from './tool-call-buffer.ts';
import { readUnstreamed } from './unstreamed-body.ts';

export type ClaudeSettings = Pick<Environment, 'ANTHROPIC_API_KEY' | 'ANTHROPIC_BASE_URL'>;

type StreamEvent = RawMessageStreamEvent | BetaRawMessageStreamEvent;

/** Longer than the highest MODEL_TIMEOUT_SECONDS, so that the caller's limit applies and not the SDK's. */
const SDK_TIMEOUT_MS = 1_800_000;

/**
 * Opens Claude. The SDK's retries are off, because only ../collect-turn.ts retries. Its log and traces are off, because
 * they can contain prompts.
 * @throws ModelError `unauthorized` that names the variable to set.
 */
export async function openClaude(settings: ClaudeSettings = environment): Promise<Model> {
  const apiKey = settings.ANTHROPIC_API_KEY;
  if (!apiKey) throw new ModelError('unauthorized', 'Claude has no key: set ANTHROPIC_API_KEY');
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({
    apiKey,
    baseURL: settings.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com',
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: 'off',
    openTelemetry: false,
    fetch: async (input, init) => readUnstreamed(await fetch(input, init)),
  });
  const server = new ServerCapabilities('claude', '');
  return {
    provider: 'claude',
    prepare: (request) => server.prepare(request),
    capabilitiesOf: (request) => server.of(request),
    stream: (request, signal) =>
      guardStream({ provider: 'claude', request }, signal, (guarded) =>
        server.stream(request, (prepared, capabilities) => streamTurn(client, prepared, capabilities, guarded)),
      ),
  };
}

async function* streamTurn(
  client: Anthropic,
  request: ModelRequest,
  capabilities: Capabilities,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const body = toClaudeRequest(request, await toOutputSchema(request.responseSchema), capabilities);
  const turn = new ClaudeTurn();
  const edits = toContextManagement(request, capabilities);
  const events =
    edits === undefined
      ? await client.messages.create(body, { signal })
      : await client.beta.messages.create(
          { ...body, context_management: edits, betas: [CONTEXT_EDITS_BETA] },
          { signal },
        );
  for await (const event of events) yield* turn.read(event);
  yield* turn.finish();
}

/**
 * Converts a schema to the subset of JSON Schema that Claude accepts. The SDK's function moves unsupported keywords
 * into descriptions.
 */
async function toOutputSchema(schema: Record<string, unknown> | undefined) {
  if (schema === undefined) return undefined;
  const { transformJSONSchema } = await import('@anthropic-ai/sdk/lib/transform-json-schema');
  const { $schema: _, ...rest } = schema;
  return transformJSONSchema(rest);
}

/** Counts by their names; a gateway may have changed or removed them. */
const UsageCounts = z.record(z.string(), z.unknown()).catch({});
type UsageCounts = z.infer<typeof UsageCounts>;

/** Reads the events of one answer. Thinking is kept until the call that follows it. */
class ClaudeTurn {
  readonly #calls: { buffer: ToolCallBuffer; signature: string | undefined }[] = [];
  #call: ToolCallBuffer | undefined;
  /** Arguments that a gateway sent whole with the start of the call. */
  #input: unknown;
  #thinking: ThinkingBlocks = [];
  #counts: UsageCounts = {};
  #stopped: unknown;
  #hasFinished = false;

  *read(event: StreamEvent): Generator<ModelEvent> {
    switch (event.type) {
      case 'message_start':
        // Its count of the output is a placeholder; the answer has not begun.
        yield* this.#count({ ...event.message.usage, output_tokens: undefined });
        break;
      case 'content_block_start':
        yield* this.#open(event.content_block);
        break;
      case 'content_block_delta':
        yield* this.#extend(event.delta);
        yield* receivedOf(event.delta);
        break;
      case 'content_block_stop':
        this.#close();
        break;
      case 'message_delta':
        this.#stopped = event.delta.stop_reason ?? this.#stopped;
        yield* this.#count(event.usage);
        yield* editedOf(event);
        break;
      case 'message_stop':
        yield* this.finish();
    }
  }

  /** Emits the calls and the end, once: at the last event, or at the end of a stream without it. */
  *finish(): Generator<ModelEvent> {
    if (this.#hasFinished) return;
    this.#hasFinished = true;
    this.#close();
    const taken = new Set<string>();
    for (const { buffer, signature } of this.#calls) {
      yield { type: 'tool_call', call: buffer.finish(taken, signature) };
    }
    yield { type: 'finish', ...stopOf('claude', this.#stopped), usage: toUsage(this.#counts) };
  }

  *#open(block: Extract<StreamEvent, { type: 'content_block_start' }>['content_block']): Generator<ModelEvent> {
    this.#close();
    if (block.type === 'text' && block.text) yield { type: 'text_delta', text: block.text };
    if (block.type === 'thinking') {
      this.#thinking.push({ type: 'thinking', thinking: block.thinking, signature: block.signature });
    }
    if (block.type === 'redacted_thinking') this.#thinking.push({ type: 'redacted_thinking', data: block.data });
    if (block.type === 'tool_use') {
      this.#call = new ToolCallBuffer('claude', block.id, block.name);
      this.#input = block.input;
    }
  }

  *#extend(delta: Extract<StreamEvent, { type: 'content_block_delta' }>['delta']): Generator<ModelEvent> {
    if (delta.type === 'text_delta' && delta.text) yield { type: 'text_delta', text: delta.text };
    if (delta.type === 'input_json_delta') this.#call?.append(delta.partial_json);
    const thought = this.#thinking.at(-1);
    if (thought?.type !== 'thinking') return;
    if (delta.type === 'thinking_delta') thought.thinking += delta.thinking;
    if (delta.type === 'signature_delta') thought.signature += delta.signature;
  }

  #close(): void {
    if (this.#call === undefined) return;
    if (this.#call.text === '' && this.#input) this.#call.append(JSON.stringify(this.#input));
    const signature = this.#thinking.length > 0 ? JSON.stringify(this.#thinking) : undefined;
    this.#calls.push({ buffer: this.#call, signature });
    this.#call = undefined;
    this.#thinking = [];
  }

  /** Merges the reported counts. Later counts replace earlier ones; null and missing counts are ignored. */
  *#count(reported: unknown): Generator<ModelEvent> {
    const counts = Object.entries(UsageCounts.parse(reported ?? {})).filter(
      ([, value]) => value !== null && value !== undefined,
    );
    this.#counts = { ...this.#counts, ...Object.fromEntries(counts) };
    yield { type: 'usage', usage: toUsage(this.#counts) };
  }
}

/** Returns what was cleared of the conversation. The last event has it, in `context_management`. */
function* editedOf(event: StreamEvent): Generator<ModelEvent> {
  const edits = readAppliedEdits(event);
  if (edits.length > 0) yield { type: 'context_edited', edits };
}

/** Returns the piece of a call's arguments or of the thinking, which is paid as output. */
function* receivedOf(delta: Extract<StreamEvent, { type: 'content_block_delta' }>['delta']): Generator<ModelEvent> {
  if (delta.type === 'input_json_delta' && delta.partial_json) yield { type: 'received', text: delta.partial_json };
  if (delta.type === 'thinking_delta' && delta.thinking) yield { type: 'received', text: delta.thinking };
}

/** Converts the counts. Claude counts cached input separately. */
function toUsage(counts: UsageCounts): ReportedUsage {
  const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: read } = counts;
  return readUsage({
    input: [fresh, written, read],
    output: [counts.output_tokens],
    cached: [read],
    written: [written],
  });
}
