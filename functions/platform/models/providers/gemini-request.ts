import type { Content, GenerateContentParameters, Part } from '@google/genai';
import type { ModelMessage, ModelRequest, ToolCallRequest, ToolResult } from '../model.ts';
import { isOwnId } from './tool-call-buffer.ts';

/**
 * Gemini's documented placeholder for the thought signature of a call that another model made. Gemini 3 and later
 * reject a conversation in which the first call of a turn has no signature.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

/**
 * Converts a request for the Gemini SDK. The SDK's automatic continuation is off, because it sends billed requests that
 * we would not see.
 */
export function toGeminiRequest(request: ModelRequest, signal: AbortSignal): GenerateContentParameters {
  return {
    model: request.model,
    contents: toContents(request),
    config: {
      abortSignal: signal,
      automaticContinuation: false,
      maxOutputTokens: request.maxOutputTokens,
      ...(request.system ? { systemInstruction: request.system } : {}),
      ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
      ...(request.tools.length === 0 ? {} : { tools: [{ functionDeclarations: request.tools.map(toDeclaration) }] }),
      // Before Gemini 3 a JSON answer and tools exclude each other. The caller validates the text in any case.
      ...(request.responseSchema === undefined || request.tools.length > 0
        ? {}
        : { responseMimeType: 'application/json', responseJsonSchema: withoutDialect(request.responseSchema) }),
    },
  };
}

function toDeclaration(tool: ModelRequest['tools'][number]) {
  return { name: tool.name, description: tool.description, parametersJsonSchema: withoutDialect(tool.parameters) };
}

/** Removes `$schema`, which Gemini's subset of JSON Schema does not have. */
function withoutDialect(schema: Record<string, unknown>): Record<string, unknown> {
  const { $schema: _, ...rest } = schema;
  return rest;
}

/**
 * Merges neighbouring messages of the same role. All results of a turn's calls must come in one message, right after
 * the turn.
 */
function toContents({ messages, model }: ModelRequest): Content[] {
  const turns: { role: 'user' | 'model'; parts: Part[] }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = toParts(message, model);
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) turns.push({ role, parts });
  }
  return turns;
}

function toParts(message: ModelMessage, model: string): Part[] {
  switch (message.role) {
    case 'user':
      return [
        ...(message.images ?? []).map(({ mediaType, data }) => ({ inlineData: { mimeType: mediaType, data } })),
        ...(message.text ? [{ text: message.text }] : []),
      ];
    case 'assistant':
      return [
        ...(message.text ? [{ text: message.text }] : []),
        ...message.toolCalls.map((call, index) => toCallPart(call, index === 0 && !/gemini-[12][.-]/.test(model))),
      ];
    case 'tool':
      return message.results.map(toResponsePart);
  }
}

function toCallPart(call: ToolCallRequest, needsSignature: boolean): Part {
  // A signature that is not base64 comes from another provider.
  const own = call.signature !== undefined && /^[A-Za-z0-9+/=_-]+$/.test(call.signature) ? call.signature : undefined;
  const signature = own ?? (needsSignature ? NO_SIGNATURE : undefined);
  return {
    functionCall: { ...toId(call.id), name: call.name, args: call.arguments },
    ...(signature === undefined ? {} : { thoughtSignature: signature }),
  };
}

function toResponsePart(result: ToolResult): Part {
  const response = result.isError ? { error: result.output } : { output: result.output };
  return { functionResponse: { ...toId(result.id), name: result.name, response } };
}

function toId(id: string): { id?: string } {
  return isOwnId(id) ? {} : { id };
}
