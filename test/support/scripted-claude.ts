import { z } from 'zod';
import type { ModelMessage, ToolResult } from '../../functions/platform/models/model.ts';
import {
  argumentsText,
  countsOf,
  retryAfterHeader,
  type ScriptedHandler,
  type ScriptedServer,
  type ScriptedTurn,
  startScriptedProvider,
  type Wire,
} from './scripted-provider.ts';

/** Starts a scripted server with the streaming part of Claude's Messages API. */
export function startScriptedClaude({ answer }: { answer: ScriptedHandler }): Promise<ScriptedServer> {
  return startScriptedProvider(wire, answer);
}

const Block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.string(),
    is_error: z.boolean().default(false),
  }),
  z.object({ type: z.literal('image'), source: z.object({ media_type: z.string(), data: z.string() }) }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
]);
type Block = z.infer<typeof Block>;
const Body = z.object({
  model: z.string(),
  stream: z.literal(true),
  max_tokens: z.int(),
  system: z
    .union([z.string(), z.array(z.object({ text: z.string() }))])
    .default('')
    .transform((system) => (typeof system === 'string' ? system : system.map(({ text }) => text).join(''))),
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: z.array(Block) })),
  tools: z.array(z.object({ name: z.string(), description: z.string(), input_schema: z.unknown() })).default([]),
  // The API rejects sampling parameters since its version 2026-10-21.
  temperature: z.undefined().optional(),
});

const wire: Wire = {
  parse(path, body) {
    if (!path.startsWith('/v1/messages')) return undefined;
    const { model, system, messages, tools } = Body.parse(body);
    return {
      model,
      system,
      messages: messages.flatMap(toMessages),
      tools: tools.map(({ name, description, input_schema }) => ({ name, description, parameters: input_schema })),
    };
  },
  open(turn) {
    const frames = [frame('message_start', { message: startOf(turn) }), frame('ping', {})];
    if (turn.thinking) frames.push(...thinkingFrames(turn.thinking));
    if (hasText(turn)) {
      frames.push(frame('content_block_start', { index: textIndex(turn), content_block: { type: 'text', text: '' } }));
    }
    return frames;
  },
  text: (piece, turn) =>
    frame('content_block_delta', { index: textIndex(turn), delta: { type: 'text_delta', text: piece } }),
  close: (turn) => [
    ...(hasText(turn) ? [frame('content_block_stop', { index: textIndex(turn) })] : []),
    ...(turn.toolCalls ?? []).flatMap((_, position) => callFrames(turn, position)),
    frame('message_delta', {
      delta: { stop_reason: stopReasonOf(turn), stop_sequence: null, stop_details: null, container: null },
      usage: turn.withoutUsage
        ? {}
        : { output_tokens: countsOf(turn).output + countsOf(turn).thinking, input_tokens: null },
      ...(turn.contextManagement === undefined ? {} : { context_management: turn.contextManagement }),
    }),
    frame('message_stop', {}),
  ],
  fail: ({ status, message = 'scripted failure', code = 'api_error', retryAfterSeconds }) => ({
    headers: retryAfterHeader(retryAfterSeconds),
    body: { type: 'error', error: { type: code, message }, request_id: `scripted-${status}` },
  }),
};

function toMessages({ role, content }: { role: 'user' | 'assistant'; content: Block[] }): ModelMessage[] {
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  if (role === 'assistant') {
    const toolCalls = content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    );
    return [{ role: 'assistant', text, toolCalls }];
  }
  const results = content.flatMap((block): ToolResult[] =>
    block.type === 'tool_result'
      ? [{ id: block.tool_use_id, name: '', output: block.content, isError: block.is_error }]
      : [],
  );
  return [
    ...(results.length > 0 ? [{ role: 'tool' as const, results }] : []),
    ...(text === '' ? [] : [{ role: 'user' as const, text }]),
  ];
}

function frame(type: string, fields: Record<string, unknown>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function startOf(turn: ScriptedTurn): Record<string, unknown> {
  const { input, cached } = countsOf(turn);
  const usage = turn.withoutUsage
    ? {}
    : {
        input_tokens: input - cached,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens: 0,
        output_tokens: 1,
      };
  return {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [],
    stop_reason: null,
    usage,
  };
}

function thinkingFrames(thinking: string): string[] {
  return [
    frame('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
    frame('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking } }),
    frame('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'c2lnbmVk' } }),
    frame('content_block_stop', { index: 0 }),
  ];
}

/** Sends the input in two pieces, because the API may cut it anywhere. */
function callFrames(turn: ScriptedTurn, position: number): string[] {
  const call = turn.toolCalls?.[position];
  if (call === undefined) return [];
  const index = textIndex(turn) + (hasText(turn) ? 1 : 0) + position;
  const input = argumentsText(call);
  const half = Math.ceil(input.length / 2);
  const pieces = [input.slice(0, half), input.slice(half)];
  const block = { type: 'tool_use', id: call.id ?? `toolu_${position}`, name: call.name, input: {} };
  return [
    frame('content_block_start', { index, content_block: block }),
    ...pieces.map((piece) =>
      frame('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json: piece } }),
    ),
    frame('content_block_stop', { index }),
  ];
}

function hasText(turn: ScriptedTurn): boolean {
  return Boolean(turn.text || turn.chunks?.length || turn.isEndless);
}

function textIndex(turn: ScriptedTurn): number {
  return turn.thinking ? 1 : 0;
}

function stopReasonOf({ finish = 'stop', toolCalls = [] }: ScriptedTurn): string {
  if (finish === 'stop') return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
  return finish === 'length' ? 'max_tokens' : 'refusal';
}
