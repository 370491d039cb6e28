import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Model,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  ToolCallRequest,
  Usage,
} from '../../platform/models/model.ts';
import { type Line, SCRIPT } from './script.ts';
import { SCRIPTED_NOTICE } from './scripted-notice.ts';

/**
 * The rehearsal: a scripted team that answers in place of a model where no key is set, so that a newcomer sees the whole of a sprint. It reads its next line
 * off the conversation alone (the worker by the system instruction's first line, the line by the turns so far), so it is deterministic and goes
 * on after a crash as a model would. Every answer says that it is scripted. Whatever the task is, it builds the same small counter app.
 */
export const rehearsal: Model = {
  provider: 'rehearsal',
  stream: async function* (request, signal) {
    const line = nextLine(request);
    for (const text of inPieces(line.say)) {
      await sleep(PAUSE_MS, undefined, { signal });
      yield { type: 'text_delta', text };
    }
    yield* callsOf(line, request);
    yield { type: 'finish', reason: line.calls.length > 0 ? 'tool_calls' : 'stop', usage: usageOf(request, line) };
  },
};

/** A piece of text comes this often, so that the live view has something to show. */
const PAUSE_MS = 15;
const PIECE = 40;

function nextLine(request: ModelRequest): Line {
  const role = roleOf(request.system);
  const lines = SCRIPT[role];
  const said = request.messages.filter((message) => message.role === 'assistant').length;
  const line = lines[Math.min(said, lines.length - 1)];
  if (line === undefined) return { say: `${SCRIPTED_NOTICE} There is no line for ${role}.`, calls: [] };
  const text = line.calls.length > 0 ? line.say : `${SCRIPTED_NOTICE} ${line.say}${asideOn(request.messages)}`;
  return { say: text, calls: line.calls };
}

function roleOf(system: string): keyof typeof SCRIPT {
  const worker = /^You are the (\w+) worker/.exec(system)?.[1];
  if (worker === 'chef') return system.includes('You do not write files yourself') ? 'plan' : 'summary';
  return worker === 'backend' || worker === 'frontend' || worker === 'devops' ? worker : 'summary';
}

/** The one thing that the rehearsal takes from what it was told: that there were memories, so that a second sprint shows them coming back. */
function asideOn(messages: readonly ModelMessage[]): string {
  const [first] = messages;
  const remembered = first?.role === 'user' ? [...first.text.matchAll(/<memory [^>]*>(.*?)<\/memory>/g)] : [];
  if (remembered.length === 0) return '';
  return `\n\nRemembered from earlier sprints: ${remembered
    .slice(0, 3)
    .map(([, text]) => `“${text}”`)
    .join(', ')}.`;
}

function* callsOf(line: Line, request: ModelRequest): Generator<ModelEvent> {
  const turn = request.messages.filter((message) => message.role === 'assistant').length;
  const known = new Set(request.tools.map((tool) => tool.name));
  for (const [index, call] of line.calls.entries()) {
    if (!known.has(call.name)) continue;
    const asked: ToolCallRequest = { id: `call_${turn}_${index}`, name: call.name, arguments: call.arguments };
    yield { type: 'tool_call', call: asked };
  }
}

function* inPieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += PIECE) yield text.slice(start, start + PIECE);
}

/** Counted as if four characters were a token; the rehearsal costs nothing. */
function usageOf(request: ModelRequest, line: Line): Usage {
  const input = request.system.length + JSON.stringify(request.messages).length;
  const output = line.say.length + JSON.stringify(line.calls).length;
  return { input_tokens: Math.ceil(input / 4), output_tokens: Math.ceil(output / 4), cached_tokens: 0 };
}
