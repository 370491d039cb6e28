import type { GenerateContentResponse, GenerateContentResponseUsageMetadata, GoogleGenAI, Part } from '@google/genai';
import { cutText } from '../../cut-text.ts';
import { environment } from '../../environment.ts';
import type { Model, ModelEvent, ModelRequest, ReportedUsage, Stop } from '../model.ts';
import { readUsage } from '../reported-usage.ts';
import { ServerCapabilities } from './adapt-request.ts';
import { type GeminiSettings, openGeminiClient, readGeminiFacts } from './gemini-client.ts';
import { toGeminiRequest } from './gemini-request.ts';
import { guardStream } from './guard-stream.ts';
import { stopOf } from './stop-reasons.ts';
import { toToolCall } from './tool-call-buffer.ts';

/** Opens Gemini, through its API with a key or through Vertex AI with a project. */
export async function openGemini(settings: GeminiSettings = environment): Promise<Model> {
  const client = await openGeminiClient(settings);
  const server = new ServerCapabilities('gemini', '');
  return {
    provider: 'gemini',
    prepare: (request) => server.prepare(request),
    capabilitiesOf: (request) => server.of(request),
    stream: (request, signal) =>
      guardStream(
        { provider: 'gemini', request },
        signal,
        (guarded) => server.stream(request, (prepared) => streamTurn(client, prepared, guarded)),
        readGeminiFacts,
      ),
  };
}

async function* streamTurn(
  client: GoogleGenAI,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const taken = new Set<string>();
  let usage: ReportedUsage | undefined;
  let stop: Stop = { reason: 'interrupted' };
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
    stop = readStop(chunk) ?? stop;
  }
  yield { type: 'finish', ...stop, usage };
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
    return { type: 'tool_call', call: toToolCall(call, taken) };
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

/** Returns why the model stopped, if this chunk tells it. A blocked prompt has a reason and no candidate. */
function readStop({ candidates, promptFeedback }: GenerateContentResponse): Stop | undefined {
  const blocked = promptFeedback?.blockReason;
  if (blocked) return { reason: 'filtered', word: stopOf('gemini', blocked).word };
  const { finishReason, finishMessage } = candidates?.[0] ?? {};
  if (!finishReason) return undefined;
  const fault = Object.hasOwn(FAULTS, finishReason) ? FAULTS[finishReason] : undefined;
  return { ...stopOf('gemini', finishReason), fault: fault?.(cutText(finishMessage ?? '', 500)) };
}

/** What the model reads about its answer. `said` is Gemini's message, which quotes the malformed call. */
const FAULTS: Record<string, (said: string) => string> = {
  MALFORMED_FUNCTION_CALL: (said) =>
    `Your tool call was malformed and was not run${said === '' ? '' : ` (${said})`}. Call the tool again as a function call with JSON arguments, not as code.`,
  UNEXPECTED_TOOL_CALL: (said) =>
    `You called a tool that you do not have${said === '' ? '' : ` (${said})`}. Nothing was run. Call one of your tools, or write your final answer.`,
  TOO_MANY_TOOL_CALLS: () => 'You made too many tool calls at once. Make fewer calls in one answer.',
};
