import { setTimeout as sleep } from 'node:timers/promises';
import type { Model, ModelEvent, ModelRequest, Usage } from '../../platform/models/model.ts';
import { type Scene, sceneOf } from './scene.ts';
import { type Call, SCRIPT } from './script.ts';
import { REMEMBERED_PREFIX, SCRIPTED_NOTICE } from './scripted-notice.ts';

/**
 * The rehearsal: a scripted team that answers in place of a model where no key is set, so that a newcomer sees the whole of a sprint. It reads its next line
 * off the conversation alone (the worker by the system instruction's first line, the line by the turns so far), so it is deterministic and goes
 * on after a crash as a model would. Every answer says that it is scripted. Whatever the task is, it builds the same small counter app.
 */
export const rehearsal: Model = {
  provider: 'rehearsal',
  stream: async function* (request, signal) {
    const scene = sceneOf(request);
    const { say, calls } = lineOf(scene);
    for (const text of inPieces(say)) {
      await sleep(PAUSE_MS, undefined, { signal });
      yield { type: 'text_delta', text };
    }
    yield* calls.map(
      (call, index): ModelEvent => ({ type: 'tool_call', call: { id: `call_${scene.turn}_${index}`, ...call } }),
    );
    yield { type: 'finish', reason: calls.length > 0 ? 'tool_calls' : 'stop', usage: usageOf(request, say, calls) };
  },
};

/** A piece of text comes this often, so that the live view has something to show. */
const PAUSE_MS = 15;
const PIECE = 40;

function lineOf(scene: Scene): { say: string; calls: Call[] } {
  const lines = SCRIPT[scene.role];
  const line = lines[Math.min(scene.turn, lines.length - 1)];
  if (line === undefined) throw new Error(`The rehearsal has no line for ${scene.role}`);
  const say = typeof line.say === 'string' ? line.say : line.say(scene);
  const calls = line.calls.filter((call) => isPossible(call, scene));
  return line.calls.length > 0 ? { say, calls } : { say: `${SCRIPTED_NOTICE} ${say}${asideOn(scene)}`, calls: [] };
}

/** A smaller team writes fewer messages, and a chef reads only what is there. */
function isPossible({ name, arguments: { to, path } }: Call, scene: Scene): boolean {
  if (name === 'send_message') return typeof to === 'string' && scene.team.includes(to);
  if (name === 'read_file') return typeof path === 'string' && scene.files.includes(path);
  return true;
}

/** So that a second sprint shows what the first one left. */
function asideOn({ memories }: Scene): string {
  if (memories.length === 0) return '';
  return `${REMEMBERED_PREFIX}${memories
    .slice(0, 3)
    .map((text) => `“${text}”`)
    .join(', ')}.`;
}

function* inPieces(text: string): Generator<string> {
  for (let start = 0; start < text.length; start += PIECE) yield text.slice(start, start + PIECE);
}

/** Counted as if four characters were a token; the rehearsal costs nothing. */
function usageOf(request: ModelRequest, say: string, calls: Call[]): Usage {
  const input = request.system.length + JSON.stringify(request.messages).length;
  const output = say.length + JSON.stringify(calls).length;
  return { input_tokens: Math.ceil(input / 4), output_tokens: Math.ceil(output / 4), cached_tokens: 0 };
}
