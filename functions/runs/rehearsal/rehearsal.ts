import { setTimeout as sleep } from 'node:timers/promises';
import { jsonOfMessages } from '../../platform/models/estimate-tokens.ts';
import type { Model, ModelEvent, ModelRequest, Usage } from '../../platform/models/model.ts';
import { agentLine, isAgent } from './agent-script.ts';
import { assistantLine } from './assistant-script.ts';
import { councilLine } from './council-script.ts';
import { SCRIPT } from './script.ts';
import { type Call, contextOf, type ScriptContext } from './script-context.ts';
import { REMEMBERED_PREFIX, SCRIPTED_NOTICE } from './scripted-notice.ts';

/**
 * A scripted team that answers when no model key is configured, so that a new user sees a whole sprint. It derives its
 * next line from the conversation alone (the worker from the first line of the system instruction, the line from the
 * number of turns), so it is deterministic and continues after a crash like a model. Every answer says that it is
 * scripted. Whatever the task is, the team builds the same counter app. In a chat the script answers for itself.
 */
export const rehearsal: Model = {
  provider: 'rehearsal',
  stream: async function* (request, signal) {
    const { say, calls } = scriptOf(request);
    const turn = request.messages.filter((message) => message.role === 'assistant').length;
    for (const text of inPieces(say)) {
      await sleep(PAUSE_MS, undefined, { signal });
      yield { type: 'text_delta', text };
    }
    yield* calls.map(
      (call, index): ModelEvent => ({ type: 'tool_call', call: { id: `call_${turn}_${index}`, ...call } }),
    );
    yield { type: 'finish', reason: calls.length > 0 ? 'tool_calls' : 'stop', usage: usageOf(request, say, calls) };
  },
};

function scriptOf(request: ModelRequest): { say: string; calls: Call[] } {
  if (request.system.startsWith('You are the assistant worker')) return assistantLine(request);
  if (isAgent(request)) return agentLine(request);
  if (/^You are the (?:councillor|chair) worker/.test(request.system)) return councilLine(request);
  if (isAgent(request)) return agentLine(request);
  return lineOf(contextOf(request));
}

/** Text is sent in pieces at this interval, so that the live view shows progress. */
const PAUSE_MS = 15;
const PIECE = 40;

function lineOf(context: ScriptContext): { say: string; calls: Call[] } {
  const lines = SCRIPT[context.role];
  const line = lines[Math.min(context.turn, lines.length - 1)];
  if (line === undefined) throw new Error(`The script of the rehearsal has no line for the worker ${context.role}`);
  const say = typeof line.say === 'string' ? line.say : line.say(context);
  const calls = line.calls.filter((call) => isPossible(call, context));
  return line.calls.length > 0 ? { say, calls } : { say: `${SCRIPTED_NOTICE} ${say}${memoryNote(context)}`, calls: [] };
}

/** Whether a call fits the sprint: a smaller team has fewer recipients and fewer files. */
function isPossible({ name, arguments: { to, path } }: Call, context: ScriptContext): boolean {
  if (name === 'send_message') return typeof to === 'string' && context.team.includes(to);
  if (name === 'read_file') return typeof path === 'string' && context.files.includes(path);
  return true;
}

/** Names facts of earlier sprints, so that a second sprint shows that the team remembers. */
function memoryNote({ memories }: ScriptContext): string {
  if (memories.length === 0) return '';
  return `${REMEMBERED_PREFIX}${memories
    .slice(0, 3)
    .map((text) => `“${text}”`)
    .join(', ')}.`;
}

function* inPieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += PIECE) yield text.slice(start, start + PIECE);
}

/** Estimates usage with four characters per token; the rehearsal is free. */
function usageOf(request: ModelRequest, say: string, calls: Call[]): Usage {
  const input = request.system.length + jsonOfMessages(request.messages).length;
  const output = say.length + JSON.stringify(calls).length;
  return { input_tokens: Math.ceil(input / 4), output_tokens: Math.ceil(output / 4), cached_tokens: 0 };
}
