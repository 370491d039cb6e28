import type {
  ContentBlockParam,
  ImageBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  RedactedThinkingBlockParam,
  ThinkingBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { z } from 'zod';
import type { Capabilities } from '../capabilities.ts';
import type { ModelMessage, ModelRequest, ToolCallRequest } from '../model.ts';
import type { ModelImage } from '../model-image.ts';
import { jsonText } from '../parse-json.ts';

/**
 * Claude's thinking before a call. It must be sent back unchanged with the result of the call, so it is stored as the
 * call's signature.
 */
const ThinkingBlocks = z.array(
  z.union([
    z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
    z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  ]),
);
export type ThinkingBlocks = z.infer<typeof ThinkingBlocks>;
const Signature = jsonText(ThinkingBlocks);

/**
 * Converts a request for Claude's API. `temperature` is dropped: the SDK's API version 2026-10-21 has no sampling
 * parameters. `outputSchema` is the response schema in the subset that Claude accepts.
 */
export function toClaudeRequest(
  request: ModelRequest,
  outputSchema: Record<string, unknown> | undefined,
  { cache_control: canCache }: Capabilities,
): MessageCreateParamsStreaming {
  // A single question is not asked again, and writing to the cache costs a quarter more than plain input.
  const isCached = canCache && request.tools.length > 0;
  const messages = toMessages(request.messages);
  if (isCached) markLastMessages(messages);
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    messages,
    ...(request.system
      ? { system: isCached ? [{ type: 'text', text: request.system, ...MARK }] : request.system }
      : {}),
    ...(request.tools.length === 0 ? {} : { tools: withMark(request.tools.map(toTool), isCached) }),
    ...(outputSchema === undefined ? {} : { output_config: { format: { type: 'json_schema', schema: outputSchema } } }),
  };
}

const MARK = { cache_control: { type: 'ephemeral' as const } };

/**
 * Claude caches the prefix up to each mark, and takes four: after the tools, after the system instruction, and after
 * the last two messages of the user. The mark before the last one is where the previous request wrote the cache.
 */
function markLastMessages(messages: MessageParam[]): void {
  const marked = messages.filter(({ role }) => role === 'user').slice(-2);
  for (const { content } of marked) {
    const block = typeof content === 'string' ? undefined : content.at(-1);
    if (block?.type === 'text' || block?.type === 'tool_result') Object.assign(block, MARK);
  }
}

function withMark<Declared extends object>(tools: Declared[], isCached: boolean): Declared[] {
  return tools.map((tool, index) => (isCached && index === tools.length - 1 ? { ...tool, ...MARK } : tool));
}

function toTool(tool: ModelRequest['tools'][number]) {
  const { $schema: _, ...schema } = tool.parameters;
  return { name: tool.name, description: tool.description, input_schema: { ...schema, type: 'object' as const } };
}

/**
 * Merges neighbouring messages of the same role. Results come first in their message, as Claude requires after a turn
 * with calls.
 */
function toMessages(messages: ModelMessage[]): MessageParam[] {
  const turns: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = toBlocks(message);
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content });
  }
  return turns;
}

function toBlocks(message: ModelMessage): ContentBlockParam[] {
  switch (message.role) {
    case 'user':
      return [
        ...(message.images ?? []).map(toImageBlock),
        ...(message.text ? [{ type: 'text' as const, text: message.text }] : []),
      ];
    case 'assistant':
      return toAssistantBlocks(message.text, message.toolCalls);
    case 'tool':
      return message.results.map((result) => ({
        type: 'tool_result',
        tool_use_id: toToolUseId(result.id),
        content: result.output,
        is_error: result.isError,
      }));
  }
}

/** Images come before the text, as Claude's documentation advises. */
function toImageBlock({ mediaType, data }: ModelImage): ImageBlockParam {
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

/**
 * Builds the content of an assistant turn. The thinking of the first call comes before the text, as in the original
 * answer.
 */
function toAssistantBlocks(text: string, calls: ToolCallRequest[]): ContentBlockParam[] {
  const written: ContentBlockParam[] = text ? [{ type: 'text', text }] : [];
  if (calls.length === 0) return written;
  return calls.flatMap((call, index) => [
    ...toThinking(call.signature),
    ...(index === 0 ? written : []),
    { type: 'tool_use', id: toToolUseId(call.id), name: call.name, input: call.arguments },
  ]);
}

/** Returns the thinking in a signature. A signature of another provider does not match the schema and is dropped. */
function toThinking(signature: string | undefined): (ThinkingBlockParam | RedactedThinkingBlockParam)[] {
  return Signature.safeParse(signature).data ?? [];
}

/** Replaces characters that Claude rejects in ids. Calls of other providers may have them. */
function toToolUseId(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9_-]/g, '_');
}
