import { createHash } from 'node:crypto';
import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import type { ModelMessage, ModelRequest } from '../model.ts';
import type { ModelImage } from '../model-image.ts';
import { jsonText } from '../parse-json.ts';

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

/**
 * Converts a request for the chat completions of OpenAI or of a compatible server. They differ in what they reject,
 * which `capabilities` say.
 */
export function toOpenAIRequest(
  request: ModelRequest,
  capabilities: Capabilities,
): ChatCompletionCreateParamsStreaming {
  const { output_parameter: limit, temperature, stream_options: hasUsage, reasoning_effort: canStop } = capabilities;
  const messages = capabilities.parallel_calls ? request.messages : splitCalls(request.messages);
  return {
    model: request.model,
    stream: true,
    ...(hasUsage ? { stream_options: { include_usage: true } } : {}),
    messages: [
      ...(request.system ? [{ role: 'system' as const, content: request.system }] : []),
      ...messages.flatMap((message) => toMessages(message, capabilities)),
    ],
    ...(limit === 'none' ? {} : { [limit]: request.maxOutputTokens }),
    ...(request.temperature === undefined || !temperature ? {} : { temperature: request.temperature }),
    ...(request.tools.length === 0 ? {} : { tools: request.tools.map(toTool) }),
    ...(canStop && request.tools.length > 0 ? { reasoning_effort: 'none' } : {}),
    ...(request.responseSchema === undefined ? {} : toFormat(request.responseSchema, capabilities.response_format)),
  };
}

function toTool(tool: ModelRequest['tools'][number]) {
  const { $schema: _, ...parameters } = tool.parameters;
  return { type: 'function' as const, function: { name: tool.name, description: tool.description, parameters } };
}

/**
 * Converts the response schema. It is not strict: strict mode rejects schemas with optional fields, and the caller
 * validates the answer.
 */
function toFormat(responseSchema: Record<string, unknown>, format: Capabilities['response_format']) {
  const { $schema: _, ...schema } = responseSchema;
  if (format === 'none') return {};
  if (format === 'json_object') return { response_format: { type: format } };
  return { response_format: { type: format, json_schema: { name: 'answer', strict: false, schema } } };
}

/** Turns an answer with several calls into several answers with one call each. */
function splitCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  const split: ModelMessage[] = [];
  for (const [index, message] of messages.entries()) {
    const next = messages[index + 1];
    if (message.role === 'assistant' && message.toolCalls.length > 1 && next?.role === 'tool') {
      for (const [position, call] of message.toolCalls.entries()) {
        split.push({ ...message, text: position === 0 ? message.text : '', toolCalls: [call] });
        split.push({ role: 'tool', results: next.results.filter((result) => result.id === call.id) });
      }
    } else if (message.role !== 'tool' || !wasSplit(messages[index - 1])) split.push(message);
  }
  return split;
}

function wasSplit(message: ModelMessage | undefined): boolean {
  return message?.role === 'assistant' && message.toolCalls.length > 1;
}

function toMessages(message: ModelMessage, capabilities: Capabilities): ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: toUserContent(message.text, message.images ?? []) }];
    case 'assistant':
      return [toAssistant(message, capabilities)];
    case 'tool':
      return message.results.map((result) => ({
        role: 'tool',
        tool_call_id: toCallId(result.id, capabilities),
        // The endpoint has no flag for a failed call.
        content: result.isError ? `Error: ${result.output}` : result.output,
      }));
  }
}

/** Returns plain text for a message without images: some servers take no parts. */
function toUserContent(text: string, images: readonly ModelImage[]): string | ChatCompletionContentPart[] {
  if (images.length === 0) return text;
  return [
    ...images.map(({ mediaType, data }) => ({
      type: 'image_url' as const,
      image_url: { url: `data:${mediaType};base64,${data}` },
    })),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
  ];
}

function toAssistant(message: AssistantMessage, capabilities: Capabilities): ChatCompletionAssistantMessageParam {
  const { toolCalls } = message;
  const { fields, content } = withThinking(message, capabilities);
  const isEmpty = content === '' && !capabilities.empty_content;
  return {
    role: 'assistant',
    content: isEmpty ? null : content,
    ...fields,
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map((call) => ({
            ...Extra.safeParse(call.signature).data,
            id: toCallId(call.id, capabilities),
            type: 'function' as const,
            function: { name: call.name, arguments: JSON.stringify(call.arguments) },
          })),
        }),
  };
}

/** Fields of the server's own. A signature of another provider does not match and is dropped. */
const Extra = jsonText(z.record(z.string(), z.unknown()));

/** A server that demands the thinking of every answer accepts a blank, but no empty text. */
const NO_THINKING = ' ';

/** Returns an answer's content and its thinking, in the place where the server wrote it. */
function withThinking({ text, thinking, toolCalls }: AssistantMessage, { reasoning_back: back }: Capabilities) {
  const content: ChatCompletionAssistantMessageParam['content'] = text;
  const isWanted = back === 'always' || (back === 'with_calls' && toolCalls.length > 0);
  if (!isWanted) return { content, fields: {} };
  if (thinking === undefined) return { content, fields: back === 'always' ? { reasoning_content: NO_THINKING } : {} };
  switch (thinking.place) {
    case 'reasoning_content':
      return { content, fields: { reasoning_content: thinking.text || NO_THINKING } };
    case 'reasoning': {
      const { details } = thinking;
      const demanded = back === 'always' ? { reasoning_content: thinking.text || NO_THINKING } : {};
      const fields = { reasoning: thinking.text, ...(details ? { reasoning_details: details } : {}), ...demanded };
      return { content, fields };
    }
    case 'parts':
      return { content: toParts(text, thinking.text), fields: {} };
    case 'tags':
      // Chat templates remove the thinking of earlier answers, except those of models that want it back.
      return { content: back === 'always' ? `<think>\n${thinking.text}\n</think>\n\n${text}` : text, fields: {} };
  }
}

/** The SDK's types do not know Mistral's thinking parts. */
function toParts(text: string, thinking: string): ChatCompletionAssistantMessageParam['content'] {
  const thought = { type: 'thinking', thinking: [{ type: 'text', text: thinking }] };
  const parts: unknown[] = text === '' ? [thought] : [thought, { type: 'text', text }];
  return parts as ChatCompletionAssistantMessageParam['content'];
}

function toCallId(id: string, { call_ids }: Capabilities): string {
  if (call_ids === 'any' || /^[A-Za-z0-9]{9}$/.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}
