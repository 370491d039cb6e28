import type OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { type Environment, environment } from '../../environment.ts';
import { AnswerReader } from '../dialects/answer-reader.ts';
import { type Model, ModelError, type ModelEvent, type ModelRequest, type ReportedUsage } from '../model.ts';
import { readCount, readUsage } from '../reported-usage.ts';
import { ServerCapabilities } from './adapt-request.ts';
import { describeBrokenCall } from './broken-call.ts';
import { ChatCalls } from './chat-calls.ts';
import { guardStream } from './guard-stream.ts';
import { toOpenAIRequest } from './openai-request.ts';
import { fetchWithReason } from './refusal-body.ts';
import { stopOf } from './stop-reasons.ts';

export type OpenAISettings = Pick<Environment, 'OPENAI_API_KEY' | 'OPENAI_BASE_URL'>;
export type QwenSettings = Pick<Environment, 'QWEN_API_KEY' | 'QWEN_BASE_URL'>;

const OPENAI_URL = 'https://api.openai.com/v1';
/** Alibaba Cloud Model Studio (DashScope) outside of mainland China. */
const QWEN_URL = 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1';
/** Longer than the highest MODEL_TIMEOUT_SECONDS, so that the caller's limit applies and not the SDK's. */
const SDK_TIMEOUT_MS = 1_800_000;

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
    capabilitiesOf: (request) => server.of(request),
    stream: (request, signal) =>
      guardStream({ provider, request }, signal, (guarded) =>
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
  try {
    for await (const chunk of await client.chat.completions.create(body, { signal })) yield* turn.read(chunk);
  } catch (error) {
    const fault = describeBrokenCall(error);
    if (fault === undefined) throw error;
    yield* turn.stumble(fault);
  }
  yield* turn.finish();
}

/** Compatible servers write counts as text, leave some out, or use the names of another API. */
const Counts = z.looseObject({ prompt_tokens_details: z.looseObject({}).nullish().catch(undefined) });

class ChatTurn {
  readonly #calls: ChatCalls;
  readonly #answer: AnswerReader;
  #usage: ReportedUsage | undefined;
  #stopped: unknown;
  #isRefused = false;
  #fault: string | undefined;

  constructor(provider: ChatProvider, request: ModelRequest) {
    this.#calls = new ChatCalls(provider);
    this.#answer = new AnswerReader(request.tools);
  }

  *read(chunk: ChatCompletionChunk): Generator<ModelEvent> {
    const choice = chunk.choices?.[0];
    const counts = Counts.safeParse(chunk.usage ?? usageIn(choice));
    if (counts.success) {
      this.#usage = toUsage(counts.data);
      yield { type: 'usage', usage: this.#usage };
    }
    if (choice === undefined) return;
    const { refusal, tool_calls: pieces, function_call: piece } = choice.delta ?? {};
    yield* this.#answer.read(choice.delta);
    if (refusal) this.#isRefused = true;
    // `function_call`: the form before there were several calls; some servers still send it.
    const all: unknown[] = [...(Array.isArray(pieces) ? pieces : []), ...(piece ? [{ function: piece }] : [])];
    for (const one of all) {
      const received = this.#calls.add(one);
      if (received !== '') yield { type: 'received', text: received };
    }
    this.#stopped = choice.finish_reason || this.#stopped;
  }

  /** Ends the answer with a call that the server could not parse. */
  *stumble(fault: string): Generator<ModelEvent> {
    this.#fault = fault;
    yield { type: 'received', text: fault };
  }

  /** Emits the calls and the end. Calls are complete only at the end of the stream. */
  *finish(): Generator<ModelEvent> {
    const { events, calls } = this.#answer.end();
    yield* events;
    // A server that parses the calls itself may leave them in the text, too.
    if (this.#calls.isEmpty)
      for (const [index, { name, arguments: text }] of calls.entries())
        this.#calls.add({ index, function: { name, arguments: text } });
    for (const call of this.#fault === undefined ? this.#calls.finish() : []) yield { type: 'tool_call', call };
    const stop = this.#fault ? { reason: 'tool_calls' as const, fault: this.#fault } : stopOf('chat', this.#stopped);
    const refused = this.#isRefused ? { reason: 'refused' as const, word: undefined } : {};
    yield { type: 'finish', ...stop, ...refused, usage: this.#usage };
  }
}

/** Kimi counts in the choice. */
function usageIn(choice: unknown): unknown {
  return typeof choice === 'object' && choice !== null && 'usage' in choice ? choice.usage : undefined;
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
