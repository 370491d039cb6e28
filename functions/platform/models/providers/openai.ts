import type OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { type Environment, environment } from '../../environment.ts';
import { estimateUsage } from '../estimate-tokens.ts';
import { type FinishReason, type Model, ModelError, type ModelEvent, type ModelRequest, type Usage } from '../model.ts';
import { ServerCapabilities } from './adapt-request.ts';
import { AnswerReader } from './answer-reader.ts';
import { guardStream } from './guard-stream.ts';
import { toOpenAIRequest } from './openai-request.ts';
import { fetchWithReason } from './refusal-body.ts';
import { ToolCallBuffer } from './tool-call-buffer.ts';

export type OpenAISettings = Pick<Environment, 'OPENAI_API_KEY' | 'OPENAI_BASE_URL'>;
export type QwenSettings = Pick<Environment, 'QWEN_API_KEY' | 'QWEN_BASE_URL'>;

const OPENAI_URL = 'https://api.openai.com/v1';
/** Alibaba Cloud Model Studio (DashScope) outside of mainland China. */
const QWEN_URL = 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1';
/** Longer than the highest MODEL_TIMEOUT_SECONDS, so that the caller's limit applies and not the SDK's. */
const SDK_TIMEOUT_MS = 1_800_000;
/** No worker needs more calls in one turn. A server that sends more is broken. */
const MAX_CALLS = 128;

type ChatProvider = 'openai' | 'qwen';

/**
 * Opens the chat completions of OpenAI or of a compatible server. Only OpenAI requires a key.
 * @throws ModelError `unauthorized` that names the variable to set.
 */
export async function openOpenAI(settings: OpenAISettings = environment): Promise<Model> {
  const baseURL = settings.OPENAI_BASE_URL ?? OPENAI_URL;
  const isOpenAI = /^https:\/\/([a-z]+\.)?api\.openai\.com(\/|$)/.test(baseURL);
  const apiKey = settings.OPENAI_API_KEY ?? (isOpenAI ? undefined : NO_KEY);
  if (!apiKey) throw new ModelError('unauthorized', 'OpenAI has no key: set OPENAI_API_KEY');
  return openChat('openai', { apiKey, baseURL });
}

/**
 * Opens Qwen at Alibaba Cloud, or at the server of QWEN_BASE_URL, which may need no key. It speaks OpenAI's protocol.
 * @throws ModelError `unauthorized` that names the variable to set.
 */
export async function openQwen(settings: QwenSettings = environment): Promise<Model> {
  const { QWEN_BASE_URL: baseURL = QWEN_URL, QWEN_API_KEY: key } = settings;
  const apiKey = key ?? (/^https:\/\/dashscope[a-z-]*\.aliyuncs\.com(\/|$)/.test(baseURL) ? undefined : NO_KEY);
  if (!apiKey) throw new ModelError('unauthorized', 'Qwen has no key: set QWEN_API_KEY');
  return openChat('qwen', { apiKey, baseURL });
}

/** The SDK wants a key also for a server that needs none. */
const NO_KEY = 'no-key-needed';

async function openChat(
  provider: ChatProvider,
  { apiKey, baseURL }: { apiKey: string; baseURL: string },
): Promise<Model> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    apiKey,
    baseURL,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: 'off',
    fetch: fetchWithReason,
  });
  const server = new ServerCapabilities(provider, baseURL);
  return {
    provider,
    prepare: (request) => server.prepare(request),
    stream: (request, signal) =>
      guardStream(provider, signal, (guarded) =>
        server.stream(request, (prepared, capabilities) =>
          streamTurn(client, toOpenAIRequest(prepared, capabilities), { provider, request: prepared, signal: guarded }),
        ),
      ),
  };
}

async function* streamTurn(
  client: OpenAI,
  body: ChatCompletionCreateParamsStreaming,
  { provider, request, signal }: { provider: ChatProvider; request: ModelRequest; signal: AbortSignal },
): AsyncGenerator<ModelEvent> {
  const turn = new ChatTurn(provider, request);
  for await (const chunk of await client.chat.completions.create(body, { signal })) yield* turn.read(chunk);
  yield* turn.finish(request);
}

/** A piece of a tool call. Compatible servers omit fields that the SDK's types require. */
const CallPiece = z.object({
  index: z.int().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
type CallPiece = z.infer<typeof CallPiece>;

const count = z.int().nonnegative().nullish().catch(0);
const ReportedUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
});

class ChatTurn {
  readonly #provider: ChatProvider;
  readonly #calls: { index: number | undefined; buffer: ToolCallBuffer }[] = [];
  #usage: Usage | undefined;
  #stopped: string | undefined;
  #isRefused = false;
  #characters = 0;
  readonly #answer: AnswerReader;

  constructor(provider: ChatProvider, request: ModelRequest) {
    this.#provider = provider;
    this.#answer = new AnswerReader(request.tools);
  }

  *read(chunk: ChatCompletionChunk): Generator<ModelEvent> {
    const reported = ReportedUsage.safeParse(chunk.usage);
    if (reported.success) {
      this.#usage = toUsage(reported.data);
      yield { type: 'usage', usage: this.#usage };
    }
    const choice = chunk.choices?.[0];
    if (choice === undefined) return;
    yield* this.#count(this.#answer.read(choice.delta));
    if (choice.delta?.refusal) this.#isRefused = true;
    for (const piece of choice.delta?.tool_calls ?? []) this.#addPiece(CallPiece.parse(piece));
    this.#stopped = choice.finish_reason ?? this.#stopped;
  }

  /** Emits the calls and the end. Calls are complete only at the end of the stream. */
  *finish(request: ModelRequest): Generator<ModelEvent> {
    if (this.#stopped === undefined) throw new ModelError('invalid_answer', `${this.#provider} sent no stop reason`);
    const { events, calls } = this.#answer.end();
    yield* this.#count(events);
    // A server that parses the calls itself may leave them in the text, too.
    for (const call of this.#calls.length > 0 ? [] : calls) {
      const buffer = this.#open({});
      buffer.name = call.name;
      buffer.append(call.arguments);
    }
    // Arguments that the output limit cut off are not a malformed call; the finish reason tells the caller.
    const taken = new Set<string>();
    if (this.#stopped !== 'length') {
      for (const { buffer } of this.#calls) yield { type: 'tool_call', call: buffer.finish(taken) };
    }
    const usage = this.#usage ?? estimateUsage(request, this.#characters);
    yield { type: 'finish', reason: toReason(this.#stopped, this.#isRefused, taken.size > 0), usage };
  }

  *#count(events: readonly ModelEvent[]): Generator<ModelEvent> {
    for (const event of events) {
      if ('text' in event) this.#characters += event.text.length;
      yield event;
    }
  }

  #addPiece(piece: CallPiece): void {
    const text = piece.function?.arguments ?? '';
    this.#characters += text.length;
    const open = this.#findOpen(piece) ?? this.#open(piece);
    open.name ||= piece.function?.name ?? '';
    open.append(text);
  }

  /**
   * Returns the call that a piece belongs to, by its index. A new id starts a new call, because some servers number
   * every call 0.
   */
  #findOpen(piece: CallPiece): ToolCallBuffer | undefined {
    const found = this.#calls.findLast(({ index, buffer }) =>
      piece.index === null || piece.index === undefined ? !piece.id || buffer.id === piece.id : index === piece.index,
    );
    const isOther = Boolean(piece.id && found?.buffer.id && found.buffer.id !== piece.id);
    return isOther ? undefined : found?.buffer;
  }

  #open(piece: CallPiece): ToolCallBuffer {
    if (this.#calls.length >= MAX_CALLS)
      throw new ModelError('invalid_answer', `${this.#provider} sent tool calls without end`);
    const buffer = new ToolCallBuffer(this.#provider, piece.id ?? undefined, '');
    this.#calls.push({ index: piece.index ?? undefined, buffer });
    return buffer;
  }
}

function toUsage(reported: z.infer<typeof ReportedUsage>): Usage {
  return {
    input_tokens: reported.prompt_tokens ?? 0,
    output_tokens: reported.completion_tokens ?? 0,
    cached_tokens: reported.prompt_tokens_details?.cached_tokens ?? 0,
  };
}

function toReason(stopped: string, isRefused: boolean, hasCalls: boolean): FinishReason {
  if (stopped === 'content_filter' || isRefused) return 'refused';
  if (stopped === 'length') return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}
