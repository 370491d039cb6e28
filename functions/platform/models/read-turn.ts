import type { AppliedEdit } from '../compaction/context-edits.ts';
import { readTextCalls } from './dialects/text-calls.ts';
import { fencedText } from './fenced-text.ts';
import {
  ModelError,
  type ModelEvent,
  type ModelRequest,
  type ModelTurn,
  type ReportedUsage,
  type Thinking,
  type ToolCallRequest,
  type ToolDeclaration,
  type Usage,
} from './model.ts';

type Finish = Extract<ModelEvent, { type: 'finish' }>;

interface TurnReader {
  signal: AbortSignal;
  onEvent: () => void;
  onUsage: (usage: ReportedUsage) => void;
  /** Receives what costs money and is no text of the answer. */
  onReceived: (text: string) => void;
  onDelta?: ((text: string) => void) | undefined;
  onThinking?: ((text: string) => void) | undefined;
  /** Called when the text so far turns out to be thinking. */
  onReset?: (() => void) | undefined;
  /** Returns the usage of the whole answer, estimated where the provider did not count. */
  complete: () => Usage;
}

/** No worker needs more calls in one turn. */
const MAX_CALLS = 128;

/**
 * Returns the characters that an answer may have. Long tokens have about 30 characters, so only a provider that ignores
 * `maxOutputTokens` exceeds it.
 */
function longestOutput({ maxOutputTokens }: ModelRequest): number {
  return Math.min(4_000_000, 10_000 + maxOutputTokens * 32);
}

/**
 * Reads the events of one attempt into a turn of bounded size.
 * An answer in which the model stumbled is a turn, too: its `fault` is what the model reads next.
 * @throws ModelError `invalid_answer` for an endless answer, `unavailable` for one that broke off; the signal's reason
 * as soon as it is aborted, even when the model does not react.
 */
export async function readTurn(
  events: AsyncIterable<ModelEvent>,
  request: ModelRequest,
  reader: TurnReader,
): Promise<ModelTurn> {
  const iterator = events[Symbol.asyncIterator]();
  const calls: ToolCallRequest[] = [];
  let text = '';
  let thinking: Thinking | undefined;
  let edits: AppliedEdit[] | undefined;
  let size = 0;
  try {
    for (;;) {
      const next = await nextOrAbort(iterator, reader.signal);
      if (next.done) throw new ModelError('unavailable', 'The model broke its answer off');
      reader.onEvent();
      const event = next.value;
      if (event.type === 'finish') {
        if (event.usage !== undefined) reader.onUsage(event.usage);
        const turn = toTurn({ ...event, usage: reader.complete() }, text, calls, request);
        return {
          ...turn,
          ...(thinking === undefined ? {} : { thinking }),
          ...(edits === undefined ? {} : { context_edits: edits }),
        };
      }
      if (event.type === 'usage') reader.onUsage(event.usage);
      if (event.type === 'received' || event.type === 'thinking_delta') reader.onReceived(event.text);
      if (event.type === 'tool_call' && calls.length <= MAX_CALLS) calls.push(event.call);
      if (event.type === 'context_edited') edits = event.edits;
      if (event.type === 'text_delta') {
        text += event.text;
        reader.onDelta?.(event.text);
      }
      if (event.type === 'thinking_delta') {
        thinking = addThinking(thinking, event);
        reader.onThinking?.(event.text);
      }
      if (event.type === 'text_was_thinking') {
        thinking = addThinking(thinking, { text, place: 'tags' });
        text = '';
        reader.onReset?.();
      }
      size += sizeOf(event);
      if (size > longestOutput(request)) {
        throw new ModelError('invalid_answer', 'The model answered without end');
      }
    }
  } finally {
    // Not awaited: a model that hangs would block the caller.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

function addThinking(thinking: Thinking | undefined, { text, place, details }: Thinking): Thinking {
  const all = details ?? thinking?.details;
  return { text: (thinking?.text ?? '') + text, place, ...(all === undefined ? {} : { details: all }) };
}

function sizeOf(event: ModelEvent): number {
  if (event.type === 'text_delta' || event.type === 'received') return event.text.length;
  if (event.type === 'thinking_delta') return event.text.length + JSON.stringify(event.details ?? '').length;
  return event.type === 'tool_call' ? JSON.stringify(event.call.arguments).length : 0;
}

/**
 * Builds the turn. The calls of a blocked answer are dropped, because they must not run. In an answer that the output
 * limit cut off, the last call was being written; the calls before it are whole.
 */
function toTurn(
  stop: Finish & { usage: Usage },
  text: string,
  calls: ToolCallRequest[],
  request: ModelRequest,
): ModelTurn {
  const { reason, usage } = stop;
  if (reason === 'interrupted') throw new ModelError('unavailable', 'The model broke its answer off');
  if (reason === 'refused' || reason === 'filtered' || reason === 'recited' || reason === 'context_full') {
    return { text: '', tool_calls: [], finish_reason: reason, ...wordOf(stop), usage };
  }
  if (new Set(calls.map((call) => call.id)).size < calls.length) {
    throw new ModelError('invalid_answer', 'The model sent two tool calls with the same id');
  }
  const cutOff = reason === 'length' ? calls.at(-1) : undefined;
  const kept =
    calls.length > MAX_CALLS ? [] : calls.map((call) => (call === cutOff ? markCutOff(call, request) : call));
  const fault = calls.length > MAX_CALLS ? TOO_MANY_CALLS : (stop.fault ?? faultOf(stop, text, kept, request));
  const finished = reason === 'unknown' || reason === 'stop' ? (calls.length > 0 ? 'tool_calls' : reason) : reason;
  return {
    // Claude rejects conversations with a text of spaces.
    text: text.trim() === '' ? '' : text,
    tool_calls: kept,
    finish_reason: finished,
    ...(fault === undefined ? {} : { fault, ...wordOf(stop) }),
    usage,
  };
}

function wordOf({ word }: Finish): { stop_word?: string } {
  return word === undefined ? {} : { stop_word: word };
}

function markCutOff(call: ToolCallRequest, { maxOutputTokens }: ModelRequest): ToolCallRequest {
  const fault = `The call was not run: it was cut at the output limit of ${maxOutputTokens} tokens. Write it in parts: make several smaller calls, one in each answer.`;
  return { ...call, arguments: {}, fault };
}

const TOO_MANY_CALLS = `You made more than ${MAX_CALLS} tool calls in one answer. None was run. Make fewer calls at a time.`;

/** Returns what the model reads after an answer that is neither a result nor a call. */
function faultOf(
  { reason, word }: Finish,
  text: string,
  calls: readonly ToolCallRequest[],
  { maxOutputTokens, tools }: ModelRequest,
): string | undefined {
  if (calls.length > 0) return undefined;
  const isEmpty = text.trim() === '';
  if (reason === 'length' && isEmpty) {
    return `Your answer reached the output limit of ${maxOutputTokens} tokens before its first word. Think less, and write long files in several parts.`;
  }
  if (reason === 'length') {
    return 'Your answer was cut at the output limit. Go on exactly where it stopped, and do not repeat what you have written.';
  }
  if (reason === 'tool_calls') {
    return 'You ended your answer with a tool call, but no call arrived. Call the tool again.';
  }
  if (isEmpty) {
    return 'Your last answer was empty: it had neither text nor a tool call. Call a tool, or write your final answer.';
  }
  if (reason === 'stop') return fencedCallFault(text, tools);
  return `Your answer ended for an unknown reason${word === undefined ? '' : ` (${word})`}, so it may not be whole. Write the whole answer again.`;
}

/** Returns what the model reads when its whole answer is a code block with a call of one of its tools. */
function fencedCallFault(text: string, tools: readonly ToolDeclaration[]): string | undefined {
  const answer = text.trim();
  if (!answer.startsWith('```') || !answer.endsWith('```')) return undefined;
  const calls = readTextCalls((fencedText(answer) ?? '').trim(), tools)?.calls ?? [];
  const [call] = calls.filter(({ name }) => tools.some((tool) => tool.name === name));
  if (call === undefined) return undefined;
  return `Your answer was a code block with a call of ${call.name}, so nothing was run. Call ${call.name} itself, or write your final answer.`;
}

/**
 * Returns the next event, or rejects with the signal's reason if the abort comes first. Leaves no listener on the
 * signal.
 */
function nextOrAbort(iterator: AsyncIterator<ModelEvent>, signal: AbortSignal): Promise<IteratorResult<ModelEvent>> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
