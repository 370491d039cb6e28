import { cutText } from '../../platform/cut-text.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { markerOf } from '../../platform/models/guard-answer.ts';
import { type History, toMessages } from '../conversation.ts';
import { MEMORY_TOOLS } from './memory-tools.ts';
import type { ContextPart } from './turn-view.ts';

/** The most characters of a part, and of all parts of a turn. */
const MOST_OF_A_PART = 20_000;
const MOST_OF_ALL = 1_000_000;

interface Told {
  runId: string;
  prompt: { system: string; text: string };
  /** The turns before, with their calls. */
  before: History;
  turnLimit: number;
  /** Whether the reader may see what the memory of the run's user holds. */
  showsMemory: boolean;
}

type Part = Pick<ContextPart, 'kind' | 'title' | 'text'> & { isMemory?: boolean };

/**
 * Returns what a model was told for a turn, in the order of the request. The conversation of a turn is not stored. It
 * is rebuilt from the stored prompt and the recorded turns by `toMessages`, which also built the request. A model whose
 * context window was too small got less: its provider's adapter left out old results and turns, which is not repeated
 * here. The marker of the instruction is left out, because its secrecy is what finds a leak.
 */
export function contextParts({ runId, prompt, before, turnLimit, showsMemory }: Told): ContextPart[] {
  const system = prompt.system.split(`\n\n${markerOf(runId)}`)[0] ?? '';
  const parts: Part[] = [{ kind: 'system', title: 'Instruction of the worker', text: system }];
  parts.push(...promptParts(prompt.text), ...conversationParts(before, turnLimit));
  let left = MOST_OF_ALL;
  return parts.map(({ isMemory = false, ...part }) => {
    const withheld = isMemory && !showsMemory;
    const text = withheld ? '' : cutText(part.text, Math.min(MOST_OF_A_PART, left));
    left -= text.length;
    const tokens = estimateTokens(part.text);
    return { ...part, text, truncated: !withheld && text.length < part.text.length, tokens, withheld };
  });
}

const KIND_OF_TAG: Record<string, Part['kind']> = {
  task: 'task',
  instruction: 'instruction',
  input: 'input',
  step: 'step',
  preferences: 'preferences',
  memories: 'memory',
  notes: 'memory',
  message: 'message',
  report: 'report',
  files: 'files',
};
const TITLE: Record<string, string> = {
  task: 'Task',
  instruction: 'Instruction of the planner',
  preferences: 'Preferences',
  memory: 'Remembered facts',
  notes: 'Notes of earlier sessions',
  files: 'Files of the run',
  note: 'How to answer',
};

/**
 * Splits a prompt into the blocks that `promptText` and the memory have written. No text inside a block contains its
 * end tag, so the next end tag is the block's.
 */
export function promptParts(text: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < text.length; ) {
    const [start, tag = '', attributes = ''] =
      /^<([a-z]+)((?: [a-z]+="[^"\n]*")*)>\n/.exec(text.slice(at, at + 2_000)) ?? [];
    const kind = KIND_OF_TAG[tag];
    const end = kind === undefined ? -1 : text.indexOf(`\n</${tag}>`, at);
    if (start === undefined || kind === undefined || end < 0) {
      parts.push({ kind: 'note', title: TITLE.note ?? '', text: text.slice(at).trim() });
      break;
    }
    const named = [...attributes.matchAll(/="([^"]*)"/g)].map(([, value]) => value).join(', ');
    const title = TITLE[tag] ?? TITLE[kind] ?? `${kind} ${named}`;
    const isMemory = kind === 'memory' || kind === 'preferences';
    parts.push({ kind, title, text: text.slice(at + start.length, Math.max(at + start.length, end)), isMemory });
    at = end + `\n</${tag}>`.length;
    while (text[at] === '\n') at += 1;
  }
  return parts;
}

/** Returns the parts after the prompt: what the model answered before, and what it read then. */
function conversationParts(before: History, turnLimit: number): Part[] {
  let turn = -1;
  const [, ...messages] = toMessages('', before, turnLimit);
  return messages.flatMap((message): Part[] => {
    if (message.role === 'user') return [{ kind: 'note', title: 'Note of the engine', text: message.text }];
    if (message.role === 'tool') {
      return message.results.map(({ name, output }) => ({
        kind: 'tool_result',
        title: `${name} (turn ${turn + 1})`,
        text: output,
        isMemory: MEMORY_TOOLS.has(name),
      }));
    }
    turn += 1;
    const calls = message.toolCalls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`);
    return [{ kind: 'earlier_turn', title: `Turn ${turn + 1}`, text: [message.text, ...calls].join('\n').trim() }];
  });
}
