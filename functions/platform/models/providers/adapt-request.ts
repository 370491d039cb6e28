import { shortenHistory } from '../../compaction/compact.ts';
import { countMessages } from '../../compaction/message-tokens.ts';
import { inputRoom } from '../../compaction/presets.ts';
import { log } from '../../log.ts';
import { type Capabilities, CapabilityOverrides } from '../capabilities.ts';
import { separateText } from '../dialects/separate-text.ts';
import { estimateTokens, jsonOfMessages } from '../estimate-tokens.ts';
import { ModelError, type ModelEvent, type ModelMessage, type ModelRequest, type ProviderName } from '../model.ts';
import { DEFAULT_CAPABILITIES, familyOf } from '../model-families.ts';
import type { ImageType, ModelImage } from '../model-image.ts';
import { orderMessages } from '../order-messages.ts';
import { showOnOneLine } from '../show-as-data.ts';
import { readRefusal } from './read-refusal.ts';

/** No server that a worker can use has a smaller window. */
const SMALLEST_WINDOW = 2_048;
/** The least output that is worth a call. */
const LEAST_OUTPUT_TOKENS = 1_024;

/** A refused request costs nothing, and each refusal teaches something. No server needs more. */
const MOST_REFUSALS = 8;
/** Tenants name models, so what is learned is bounded. */
const MOST_MODELS = 1_000;

/**
 * The capabilities of the models of one server. What the server refuses is kept for the life of the process: it counts
 * more than the table of families and the tenant's overrides.
 */
export class ServerCapabilities {
  readonly #provider: ProviderName;
  readonly #host: string;
  readonly #learned = new Map<string, CapabilityOverrides>();

  constructor(provider: ProviderName, url: string) {
    this.#provider = provider;
    this.#host = URL.parse(url)?.hostname ?? '';
  }

  of({ model, capabilities }: Pick<ModelRequest, 'model' | 'capabilities'>): Capabilities {
    const family = familyOf(this.#provider, model, this.#host);
    return { ...DEFAULT_CAPABILITIES, ...family, ...capabilities, ...this.#learned.get(model) };
  }

  prepare(request: ModelRequest): ModelRequest {
    return prepareRequest(request, this.of(request), this.#provider);
  }

  learn(model: string, lesson: CapabilityOverrides): void {
    if (this.#learned.size >= MOST_MODELS) this.#learned.clear();
    this.#learned.set(model, { ...this.#learned.get(model), ...CapabilityOverrides.parse(lesson) });
    log('info', 'model capability learned', { provider: this.#provider, model, ...lesson });
  }

  /**
   * Streams an answer to a request as the server takes it. When the server refuses the request before its answer begins
   * and says why, the request is changed and sent again.
   * @throws ModelError `rejected` when the model takes no tools; whatever `send` throws
   */
  async *stream(
    request: ModelRequest,
    send: (prepared: ModelRequest, capabilities: Capabilities) => AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent> {
    // A window that is only guessed is for this request: the prompt of one tenant must not shorten those of others.
    let guessed: CapabilityOverrides = {};
    for (let refusals = 0; ; refusals += 1) {
      const capabilities = { ...this.of(request), ...guessed };
      if (!capabilities.tools && request.tools.length > 0) throw this.#withoutTools(request.model);
      const prepared = prepareRequest(request, capabilities, this.#provider);
      let hasBegun = false;
      try {
        for await (const event of this.#read(send(prepared, capabilities), prepared)) {
          hasBegun = true;
          yield event;
        }
        return;
      } catch (error) {
        if (hasBegun || refusals >= MOST_REFUSALS || !isRefusal(error)) throw error;
        const lesson = readRefusal(error.message, { request: prepared, capabilities });
        if (lesson === 'no_tools') throw this.#withoutTools(request.model);
        if (lesson === undefined) throw error;
        if (lesson === 'too_long')
          guessed = { context_window: Math.max(SMALLEST_WINDOW, Math.floor(capabilities.context_window * 0.75)) };
        else this.learn(request.model, lesson);
        const isAboutWindow = lesson === 'too_long' || lesson.context_window !== undefined;
        // What cannot be shortened would be refused again.
        const next = prepareRequest(request, { ...this.of(request), ...guessed }, this.#provider);
        if (isAboutWindow && isSame(prepared, next)) throw error;
      }
    }
  }

  get #isChat(): boolean {
    return isChat(this.#provider);
  }

  /** The chat completions have thinking in fields of their own, so they separate text themselves. */
  #read(events: AsyncIterable<ModelEvent>, { tools }: ModelRequest): AsyncIterable<ModelEvent> {
    return this.#isChat ? events : separateText(this.#provider, events, tools);
  }

  #withoutTools(model: string): ModelError {
    return new ModelError(
      'rejected',
      `${this.#provider}: the model cannot call tools (${model}), or its server takes none. Choose a model with tool calls, or start the server with them (vLLM: --enable-auto-tool-choice and --tool-call-parser, llama.cpp: --jinja)`,
    );
  }
}

function isChat(provider: ProviderName): boolean {
  return provider === 'openai' || provider === 'qwen';
}

/** Statuses that say something about the key, the load or the network and not about the request. */
const OTHER_REASONS = new Set([401, 403, 408, 429, 502, 503, 504, 529]);

function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof ModelError) return false;
  const status = 'status' in error && typeof error.status === 'number' ? error.status : undefined;
  // A server that has already answered 200 refuses in its stream; the SDK's error then has the body only.
  if (status === undefined) return 'error' in error && error.error !== undefined;
  return !OTHER_REASONS.has(status);
}

/**
 * Returns the request as a model takes it: roles in an accepted order, and history and output limit within the context
 * window. At most a quarter of the window is set aside for the output. Idempotent.
 */
function prepareRequest(request: ModelRequest, capabilities: Capabilities, provider: ProviderName): ModelRequest {
  const whole = withSystem(withSchema(request, capabilities), capabilities.system_role);
  const { system } = whole;
  const isSeen = ({ mediaType }: ModelImage) => capabilities.images && !isRefusedType(provider, mediaType);
  const ordered = orderMessages(
    whole.messages.map((message) => withSeenImages(message, isSeen)),
    isChat(provider),
  );
  const wanted = Math.min(request.maxOutputTokens, capabilities.max_output_tokens);
  const window = capabilities.context_window;
  const fixed = estimateTokens(system + JSON.stringify(request.tools));
  const messages = shortenHistory(ordered, inputRoom(window, wanted) - fixed, estimateTokens);
  const input = fixed + countMessages(messages, estimateTokens);
  const maxOutputTokens = Math.min(wanted, Math.max(LEAST_OUTPUT_TOKENS, window - input));
  return { ...request, system, messages, maxOutputTokens };
}

function isSame(one: ModelRequest, other: ModelRequest): boolean {
  return (
    one.maxOutputTokens === other.maxOutputTokens && jsonOfMessages(one.messages) === jsonOfMessages(other.messages)
  );
}

/** Returns the conversation. Without a system role its first message begins with the system instruction. */
function withSystem({ system, messages }: ModelRequest, hasRole: boolean): Pick<ModelRequest, 'system' | 'messages'> {
  if (hasRole || system === '') return { system, messages };
  return { system: '', messages: [{ role: 'user', text: system }, ...messages] };
}

/** Gemini takes no GIF (https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats). */
function isRefusedType(provider: ProviderName, mediaType: ImageType): boolean {
  return provider === 'gemini' && mediaType === 'image/gif';
}

/** Names the images that the model cannot see, so that it does not answer as if it had seen them. */
function withSeenImages(message: ModelMessage, isSeen: (image: ModelImage) => boolean): ModelMessage {
  if (message.role !== 'user') return message;
  const { images = [], text } = message;
  const unseen = images.filter((image) => !isSeen(image));
  if (unseen.length === 0) return message;
  const names = unseen.map(({ name, width, height }) => `${showOnOneLine(name)} (${width} × ${height} px)`);
  const note = `[The user attached ${names.join(', ')}, which you cannot see. Say so if the answer needs it.]`;
  return {
    role: 'user',
    text: [text, note].filter((part) => part !== '').join('\n\n'),
    ...(unseen.length === images.length ? {} : { images: images.filter(isSeen) }),
  };
}

/** Puts the schema of the answer into the instruction for a server that takes no schema. */
function withSchema(request: ModelRequest, { response_format: format }: Capabilities): ModelRequest {
  const { system, responseSchema: schema } = request;
  if (schema === undefined || format === 'json_schema') return request;
  const sentence = `Answer with one JSON value that matches this JSON Schema, and nothing else: ${JSON.stringify(schema)}`;
  return system.includes(sentence) ? request : { ...request, system: `${system}\n\n${sentence}`.trim() };
}
