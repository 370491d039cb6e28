import type OpenAI from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { z } from 'zod';
import { type Environment, environment } from '../../environment.ts';
import { estimateUsage } from '../estimate-tokens.ts';
import { type Model, ModelError, type ModelEvent, type ModelRequest, type Usage } from '../model.ts';
import { describeBrokenCall } from './broken-call.ts';
import { ChatCalls } from './chat-calls.ts';
import { guardStream } from './guard-stream.ts';
import { toOpenAIRequest } from './openai-request.ts';
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
        streamTurn(client, toOpenAIRequest(request, isOpenAI), { provider, request, signal: guarded }),
      ),
  };
}

async function* streamTurn(
  client: OpenAI,
  body: ChatCompletionCreateParamsStreaming,
  { provider, request, signal }: { provider: ChatProvider; request: ModelRequest; signal: AbortSignal },
): AsyncGenerator<ModelEvent> {
  const turn = new ChatTurn(provider);
  try {
    for await (const chunk of await client.chat.completions.create(body, { signal })) yield* turn.read(chunk);
  } catch (error) {
    const fault = describeBrokenCall(error);
    if (fault === undefined) throw error;
    turn.stumble(fault);
  }
  yield* turn.finish(request);
}

const count = z.int().nonnegative().nullish().catch(0);
const ReportedUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(undefined),
});

class ChatTurn {
  readonly #calls: ChatCalls;
  #usage: Usage | undefined;
  #stopped: unknown;
  #isRefused = false;
  #characters = 0;
  #fault: string | undefined;

  constructor(provider: ChatProvider) {
    this.#calls = new ChatCalls(provider);
  }

  *read(chunk: ChatCompletionChunk): Generator<ModelEvent> {
    const reported = ReportedUsage.safeParse(chunk.usage);
    if (reported.success) {
      this.#usage = toUsage(reported.data);
      yield { type: 'usage', usage: this.#usage };
    }
    const choice = chunk.choices?.[0];
    if (choice === undefined) return;
    const { content, refusal, tool_calls: pieces, function_call: piece } = choice.delta ?? {};
    if (content) {
      this.#characters += content.length;
      yield { type: 'text_delta', text: content };
    }
    if (refusal) this.#isRefused = true;
    for (const one of Array.isArray(pieces) ? pieces : []) this.#characters += this.#calls.add(one).length;
    // The form before there were several calls; some servers still send it.
    if (piece) this.#characters += this.#calls.add({ function: piece }).length;
    this.#stopped = choice.finish_reason || this.#stopped;
  }

  /** Ends the answer with a call that the server could not parse. */
  stumble(fault: string): void {
    this.#fault = fault;
    this.#characters += fault.length;
  }

  /** Emits the calls and the end. Calls are complete only at the end of the stream. */
  *finish(request: ModelRequest): Generator<ModelEvent> {
    for (const call of this.#fault === undefined ? this.#calls.finish() : []) yield { type: 'tool_call', call };
    const usage = this.#usage ?? estimateUsage(request, this.#characters);
    const stop = this.#fault ? { reason: 'tool_calls' as const, fault: this.#fault } : stopOf('chat', this.#stopped);
    yield { type: 'finish', ...stop, ...(this.#isRefused ? { reason: 'refused', word: undefined } : {}), usage };
  }
}

function toUsage(reported: z.infer<typeof ReportedUsage>): Usage {
  return {
    input_tokens: reported.prompt_tokens ?? 0,
    output_tokens: reported.completion_tokens ?? 0,
    cached_tokens: reported.prompt_tokens_details?.cached_tokens ?? 0,
  };
}
