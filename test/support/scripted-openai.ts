import { z } from 'zod';
import type { ModelMessage } from '../../functions/platform/models/model.ts';
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

/** Starts a scripted server with the streaming chat completions of OpenAI and compatible servers. */
export async function startScriptedOpenAI({ answer }: { answer: ScriptedHandler }): Promise<ScriptedServer> {
  const server = await startScriptedProvider(wire, answer);
  return { ...server, url: `${server.url}/v1` };
}

const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
/** Null, or a list of parts, is a dialect. */
const Content = z
  .union([z.string(), z.null(), z.array(z.looseObject({ text: z.string().default('') }))])
  .transform((content) => (typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('')));
const Message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: Content }),
  z.object({ role: z.literal('assistant'), content: Content, tool_calls: z.array(Call).default([]) }),
  z.object({ role: z.literal('tool'), content: z.string(), tool_call_id: z.string() }),
]);
const Body = z.object({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(Message),
  tools: z
    .array(z.object({ function: z.object({ name: z.string(), description: z.string(), parameters: z.unknown() }) }))
    .default([]),
});
const ArgumentsObject = z.record(z.string(), z.unknown());

const wire: Wire = {
  parse(path, body) {
    if (!path.endsWith('/chat/completions')) return undefined;
    const { model, messages, tools } = Body.parse(body);
    return {
      model,
      system: messages.map((message) => (message.role === 'system' ? message.content : '')).join(''),
      messages: mergeResults(messages.flatMap(toMessages)),
      tools: tools.map((tool) => ({ ...tool.function, parameters: tool.function.parameters })),
    };
  },
  open: () => [frame({ role: 'assistant', content: '' })],
  text: (piece) => frame({ content: piece }),
  close: (turn) => [...callFrames(turn), frame({}, finishOf(turn)), ...usageFrames(turn), 'data: [DONE]\n\n'],
  fail: ({ status, message = 'scripted failure', code = 'server_error', retryAfterSeconds }) => ({
    headers: retryAfterHeader(retryAfterSeconds),
    body: { error: { message, type: status >= 500 ? 'server_error' : 'requests', param: null, code } },
  }),
};

function toMessages(message: z.infer<typeof Message>): ModelMessage[] {
  switch (message.role) {
    case 'system':
      return [];
    case 'user':
      return [{ role: 'user', text: message.content }];
    case 'assistant':
      return [
        {
          role: 'assistant',
          text: message.content,
          toolCalls: message.tool_calls.map((call) => ({
            id: call.id,
            name: call.function.name,
            arguments: ArgumentsObject.parse(JSON.parse(call.function.arguments)),
          })),
        },
      ];
    case 'tool': {
      const isError = message.content.startsWith('Error: ');
      const output = isError ? message.content.slice('Error: '.length) : message.content;
      return [{ role: 'tool', results: [{ id: message.tool_call_id, name: '', output, isError }] }];
    }
  }
}

/** Merges tool messages: OpenAI has one for each result, models/model.ts one for all results of a turn. */
function mergeResults(messages: ModelMessage[]): ModelMessage[] {
  const merged: ModelMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') last.results.push(...message.results);
    else merged.push(message);
  }
  return merged;
}

/** The first piece of a call has its id and name, later pieces only its index. Pieces of several calls alternate. */
function callFrames({ toolCalls = [] }: ScriptedTurn): string[] {
  const first = toolCalls.map((call, index) =>
    frame({
      tool_calls: [
        { index, id: call.id ?? `call_${index}`, type: 'function', function: { name: call.name, arguments: '' } },
      ],
    }),
  );
  const halves = [0, 1].flatMap((half) =>
    toolCalls.map((call, index) => {
      const text = argumentsText(call);
      const middle = Math.ceil(text.length / 2);
      const piece = half === 0 ? text.slice(0, middle) : text.slice(middle);
      return frame({ tool_calls: [{ index, function: { arguments: piece } }] });
    }),
  );
  return [...first, ...halves];
}

function finishOf({ finish = 'stop', toolCalls = [] }: ScriptedTurn): string {
  if (finish === 'stop') return toolCalls.length > 0 ? 'tool_calls' : 'stop';
  return finish === 'length' ? 'length' : 'content_filter';
}

function frame(delta: Record<string, unknown>, finishReason: string | null = null): string {
  return `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`;
}

function usageFrames(turn: ScriptedTurn): string[] {
  if (turn.withoutUsage) return [];
  const { input, output, cached, thinking } = countsOf(turn);
  const usage = {
    prompt_tokens: input,
    completion_tokens: output + thinking,
    total_tokens: input + output + thinking,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: thinking },
  };
  return [`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\n`];
}

const head = { id: 'chatcmpl-scripted', object: 'chat.completion.chunk', created: 0, model: 'scripted' };
