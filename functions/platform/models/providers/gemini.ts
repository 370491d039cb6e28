import type { GenerateContentResponseUsageMetadata, GoogleGenAI, Part } from '@google/genai';
import { environment } from '../../environment.ts';
import {
  type FinishReason,
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type ReportedUsage,
} from '../model.ts';
import { readUsage } from '../reported-usage.ts';
import { type GeminiSettings, openGeminiClient, readGeminiFacts } from './gemini-client.ts';
import { toGeminiRequest } from './gemini-request.ts';
import { guardStream } from './guard-stream.ts';
import { toToolCall } from './tool-call-buffer.ts';

/** Opens Gemini, through its API with a key or through Vertex AI with a project. */
export async function openGemini(settings: GeminiSettings = environment): Promise<Model> {
  const client = await openGeminiClient(settings);
  return {
    provider: 'gemini',
    stream: (request, signal) =>
      guardStream('gemini', signal, (guarded) => streamTurn(client, request, guarded), readGeminiFacts),
  };
}

async function* streamTurn(
  client: GoogleGenAI,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const taken = new Set<string>();
  let usage: ReportedUsage | undefined;
  let stopped: string | undefined;
  for await (const chunk of await client.models.generateContentStream(toGeminiRequest(request, signal))) {
    const candidate = chunk.candidates?.[0];
    for (const part of candidate?.content?.parts ?? []) {
      const received = receivedOf(part);
      if (received !== '') yield { type: 'received', text: received };
      const event = toEvent(part, taken);
      if (event !== undefined) yield event;
    }
    if (chunk.usageMetadata !== undefined) {
      usage = toUsage(chunk.usageMetadata);
      yield { type: 'usage', usage };
    }
    stopped = chunk.promptFeedback?.blockReason ? 'SAFETY' : (candidate?.finishReason ?? stopped);
  }
  if (stopped === undefined) throw new ModelError('invalid_answer', 'gemini ended its stream without a stop reason');
  yield { type: 'finish', reason: toReason(stopped, taken.size > 0), usage };
}

/** Returns what costs money and is no text of the answer: a call's name and arguments, or a thought. */
function receivedOf({ functionCall: call, thought, text }: Part): string {
  if (call) return `${call.name ?? ''}${JSON.stringify(call.args ?? {})}`;
  return thought && text ? text : '';
}

/** Converts a part of the answer. Thoughts are dropped. */
function toEvent(part: Part, taken: Set<string>): ModelEvent | undefined {
  if (part.functionCall) {
    const { id, name, args } = part.functionCall;
    const call = { id, name, arguments: args ?? {}, signature: part.thoughtSignature };
    return { type: 'tool_call', call: toToolCall('gemini', call, taken) };
  }
  return part.text && !part.thought ? { type: 'text_delta', text: part.text } : undefined;
}

/** Reads Gemini's counts, which count tools and thinking separately. */
export function toUsage(counts: GenerateContentResponseUsageMetadata): ReportedUsage {
  return readUsage({
    input: [counts.promptTokenCount, counts.toolUsePromptTokenCount],
    output: [counts.candidatesTokenCount, counts.thoughtsTokenCount],
    cached: [counts.cachedContentTokenCount],
  });
}

const REFUSALS = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MODEL_ARMOR',
]);

/** @throws ModelError `invalid_answer`, which is retried, for a malformed call and for unknown reasons */
function toReason(stopped: string, hasCalls: boolean): FinishReason {
  if (stopped === 'STOP') return hasCalls ? 'tool_calls' : 'stop';
  // CONTINUATION: the service's limit for one request.
  if (stopped === 'MAX_TOKENS' || stopped === 'CONTINUATION') return 'length';
  if (REFUSALS.has(stopped)) return 'refused';
  throw new ModelError(
    'invalid_answer',
    `gemini stopped with ${/^[A-Z_]{1,60}$/.test(stopped) ? stopped : 'an unknown reason'}`,
  );
}
