import type OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { type Environment, environment } from '../../environment.ts';
import { type FinishReason, type Model, ModelError, type ModelEvent, type ReportedUsage } from '../model.ts';
import { readCount, readUsage } from '../reported-usage.ts';
import { guardStream } from './guard-stream.ts';
import { toOpenAIRequest } from './openai-request.ts';
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
  return openChat('openai', { apiKey, baseURL, isOpenAI });
}

/**
 * Opens Qwen at Alibaba Cloud, or at the server of QWEN_BASE_URL, which may need no key. It speaks OpenAI's protocol.
 * @throws ModelError `unauthorized` that names the variable to set.
 */
export async function openQwen(settings: QwenSettings = environment): Promise<Model> {
  const { QWEN_BASE_URL: baseURL = QWEN_URL, QWEN_API_KEY: key } = settings;
  const apiKey = key ?? (/^https:\/\/dashscope[a-z-]*\.aliyuncs\.com(\/|$)/.test(baseURL) ? undefined : NO_KEY);
  if (!apiKey) throw new ModelError('unauthorized', 'Qwen has no key: set QWEN_API_KEY');
  return openChat('qwen', { apiKey, baseURL, isOpenAI: false });
}

/** The SDK wants a key also for a server that needs none. */
const NO_KEY = 'no-key-needed';

async function openChat(
  provider: ChatProvider,
  { apiKey, baseURL, isOpenAI }: { apiKey: string; baseURL: string; isOpenAI: boolean },
): Promise<Model> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({ apiKey, baseURL, maxRetries: 0, timeout: SDK_TIMEOUT_MS, logLevel: 'off' });
  return {
    provider,
    stream: (request, signal) =>
      guardStream(provider, signal, (guarded) =>
        streamTurn(client, toOpenAIRequest(request, isOpenAI), { provider, signal: guarded }),
      ),
  };
}

async function* streamTurn(
  client: OpenAI,
  body: ChatCompletionCreateParamsStreaming,
  { provider, signal }: { provider: ChatProvider; signal: AbortSignal },
): AsyncGenerator<ModelEvent> {
  const turn = new ChatTurn(provider);
  for await (const chunk of await client.chat.completions.create(body, { signal })) yield* turn.read(chunk);
  yield* turn.finish();
}

/** A piece of a tool call. Compatible servers omit fields that the SDK's types require. */
const CallPiece = z.object({
  index: z.int().nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
type CallPiece = z.infer<typeof CallPiece>;

/** Compatible servers write counts as text, leave some out, or use the names of another API. */
const Counts = z.looseObject({ prompt_tokens_details: z.looseObject({}).nullish().catch(undefined) });

class ChatTurn {
  readonly #provider: ChatProvider;
  readonly #calls: { index: number | undefined; buffer: ToolCallBuffer }[] = [];
  #usage: ReportedUsage | undefined;
  #stopped: string | undefined;
  #isRefused = false;

  constructor(provider: ChatProvider) {
    this.#provider = provider;
  }

  *read(chunk: ChatCompletionChunk): Generator<ModelEvent> {
    const counts = Counts.safeParse(chunk.usage);
    if (counts.success) {
      this.#usage = toUsage(counts.data);
      yield { type: 'usage', usage: this.#usage };
    }
    const choice = chunk.choices?.[0];
    if (choice === undefined) return;
    if (choice.delta?.content) {
      yield { type: 'text_delta', text: choice.delta.content };
    }
    if (choice.delta?.refusal) this.#isRefused = true;
    for (const piece of choice.delta?.tool_calls ?? []) {
      const received = this.#addPiece(CallPiece.parse(piece));
      if (received !== '') yield { type: 'received', text: received };
    }
    this.#stopped = choice.finish_reason ?? this.#stopped;
  }

  /** Emits the calls and the end. Calls are complete only at the end of the stream. */
  *finish(): Generator<ModelEvent> {
    if (this.#stopped === undefined) throw new ModelError('invalid_answer', `${this.#provider} sent no stop reason`);
    // Arguments that the output limit cut off are not a malformed call; the finish reason tells the caller.
    const taken = new Set<string>();
    if (this.#stopped !== 'length') {
      for (const { buffer } of this.#calls) yield { type: 'tool_call', call: buffer.finish(taken) };
    }
    yield { type: 'finish', reason: toReason(this.#stopped, this.#isRefused, taken.size > 0), usage: this.#usage };
  }

  /** Adds a piece to its call and returns what it has of the name and the arguments. */
  #addPiece(piece: CallPiece): string {
    const { name, arguments: text } = piece.function ?? {};
    const open = this.#findOpen(piece) ?? this.#open(piece);
    open.name ||= name ?? '';
    open.append(text ?? '');
    return `${name ?? ''}${text ?? ''}`;
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

/**
 * Reads the counts. DeepSeek and Kimi count cached input beside the other counts. A total that is higher than its parts
 * contains thinking that the server does not count as output.
 */
function toUsage({ prompt_tokens_details: details, ...counts }: z.infer<typeof Counts>): ReportedUsage {
  const input = counts.prompt_tokens ?? counts.input_tokens;
  const output = counts.completion_tokens ?? counts.output_tokens;
  const read = readUsage({
    input: [input],
    output: [output],
    cached: [details?.cached_tokens ?? counts.prompt_cache_hit_tokens ?? counts.cached_tokens],
  });
  const [all, asked, answered] = [counts.total_tokens, input, output].map(readCount);
  const rest = all !== undefined && asked && answered ? all - asked : undefined;
  return rest !== undefined && rest > (answered ?? 0) ? { ...read, output_tokens: rest } : read;
}

function toReason(stopped: string, isRefused: boolean, hasCalls: boolean): FinishReason {
  if (stopped === 'content_filter' || isRefused) return 'refused';
  if (stopped === 'length') return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}
