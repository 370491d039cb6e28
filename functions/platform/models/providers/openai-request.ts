import type {
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { ModelMessage, ModelRequest } from '../model.ts';

/**
 * Converts a request for the chat completions of OpenAI (`isOpenAI`) or of a compatible server. They differ in what
 * they reject:
 *
 * - OpenAI's reasoning models accept only `max_completion_tokens`, most other servers only `max_tokens`.
 * - OpenAI's reasoning models reject a temperature.
 * - Newer reasoning models reject tools on this endpoint while reasoning is on. It is switched off where possible.
 *   gpt-6-astra and gpt-6.1-sol cannot switch it off, so OpenAI rejects them with tools; a worker with tools needs
 *   gpt-6-sol or gpt-6-luna.
 */
export function toOpenAIRequest(request: ModelRequest, isOpenAI: boolean): ChatCompletionCreateParamsStreaming {
  const isReasoning = isOpenAI && !/^(gpt-[34]|chatgpt-4)/.test(request.model);
  return {
    model: request.model,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      ...(request.system ? [{ role: 'system' as const, content: request.system }] : []),
      ...request.messages.flatMap(toMessages),
    ],
    ...(isOpenAI ? { max_completion_tokens: request.maxOutputTokens } : { max_tokens: request.maxOutputTokens }),
    ...(request.temperature === undefined || isReasoning ? {} : { temperature: request.temperature }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toTool) }),
    ...(isReasoning && request.tools.length > 0 && canStopReasoning(request.model) ? { reasoning_effort: 'none' } : {}),
    ...(request.responseSchema === undefined ? {} : { response_format: toFormat(request.responseSchema) }),
  };
}

function canStopReasoning(model: string): boolean {
  return /^gpt-(5\.[1-9]|6-(sol|luna|terra))/.test(model);
}

function toTool(tool: ModelRequest['tools'][number]) {
  const { $schema: _, ...parameters } = tool.parameters;
  return { type: 'function' as const, function: { name: tool.name, description: tool.description, parameters } };
}

/**
 * Converts the response schema. It is not strict: strict mode rejects schemas with optional fields, and the caller
 * validates the answer.
 */
function toFormat(responseSchema: Record<string, unknown>) {
  const { $schema: _, ...schema } = responseSchema;
  return { type: 'json_schema' as const, json_schema: { name: 'answer', strict: false, schema } };
}

function toMessages(message: ModelMessage): ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant':
      return toAssistant(message.text, message.toolCalls);
    case 'tool':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: result.id,
        // The endpoint has no flag for a failed call.
        content: result.isError ? `Error: ${result.output}` : result.output,
      }));
  }
}

function toAssistant(text: string, calls: Extract<ModelMessage, { role: 'assistant' }>['toolCalls']) {
  if (text === '' && calls.length === 0) return [];
  const toolCalls = calls.map((call) => ({
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  return [{ role: 'assistant' as const, content: text, ...(calls.length === 0 ? {} : { tool_calls: toolCalls }) }];
}
