import type { ModelMessage } from '../models/model.ts';
import { orderMessages } from '../models/order-messages.ts';
import type { CompactionInput, CompactionStep } from './compaction.ts';
import { coveredBy } from './cover.ts';
import { type Summary, showSummary } from './summary.ts';

/**
 * An answer with the results of its calls, and the user's message before it. It stays together: no provider accepts a
 * call without its result or a result without its call. `first` is the index of its first message. A pinned exchange is
 * never changed.
 */
export interface Exchange {
  first: number;
  messages: readonly ModelMessage[];
  isPinned: boolean;
  state: 'kept' | 'dropped' | 'summarised';
}

export type ToolMessage = Extract<ModelMessage, { role: 'tool' }>;

/** A conversation on its way into the budget. Strategies return a new draft and never change one. */
export interface Draft {
  exchanges: readonly Exchange[];
  summary: Summary | undefined;
  steps: readonly CompactionStep[];
}

/** What a strategy may know. `goal`: messages before this index are being summarised, piece by piece. */
export interface Frame {
  input: CompactionInput;
  measure: (text: string) => number;
  sizeOf: (messages: readonly ModelMessage[]) => number;
  goal: number;
}

/** Returns the tokens of what the model would read. */
export function tokensOf(draft: Draft, { sizeOf }: Frame): number {
  return sizeOf(render(draft));
}

export function fits(draft: Draft, frame: Frame): boolean {
  return tokensOf(draft, frame) <= frame.input.budget;
}

/**
 * Splits a conversation into exchanges, and leaves out what the earlier summary covers. A pinned message of the user,
 * and the newest one, which always stays, are exchanges of their own.
 */
export function draftOf(input: CompactionInput): Draft {
  const { messages, isPinned, earlier } = input;
  const newest = messages.findLastIndex(({ role }) => role === 'user');
  const covered = coveredBy(input);
  const exchanges: Exchange[] = [];
  const pins = messages.map((message, index) => index === newest || (isPinned?.(message, index) ?? false));
  /** Whether an answer belongs to the user's message before it. */
  const joins = (index: number) =>
    messages[index - 1]?.role === 'user' && !pins[index - 1] && covered.has(index) === covered.has(index - 1);
  for (const [index, message] of messages.entries()) {
    const last = exchanges.at(-1);
    if (last === undefined || message.role === 'user' || (message.role === 'assistant' && !joins(index))) {
      exchanges.push({ first: index, messages: [message], isPinned: pins[index] === true, state: 'kept' });
    } else {
      const isPinnedToo = last.isPinned || pins[index] === true;
      exchanges[exchanges.length - 1] = { ...last, messages: [...last.messages, message], isPinned: isPinnedToo };
    }
  }
  const shown = exchanges.map((exchange, position): Exchange => {
    const isCovered = indicesOf([exchange]).every((index) => covered.has(index));
    const mustStay = exchange.isPinned || position === exchanges.length - 1;
    return isCovered && !mustStay ? { ...exchange, state: 'summarised' } : exchange;
  });
  return { exchanges: shown, summary: earlier, steps: [] };
}

export function indicesOf(exchanges: readonly Exchange[]): number[] {
  return exchanges.flatMap(({ first, messages }) => messages.map((_, offset) => first + offset));
}

/** The exchanges that may be left out, oldest first: neither pinned nor the last one. */
export function droppable({ exchanges }: Draft): Exchange[] {
  return exchanges.filter(
    (exchange) => exchange.state === 'kept' && !exchange.isPinned && exchange !== exchanges.at(-1),
  );
}

/** The droppable exchanges that are not among the newest `keep` of the conversation. */
export function older(draft: Draft, keep: number): Exchange[] {
  const fresh = new Set(draft.exchanges.slice(Math.max(0, draft.exchanges.length - keep)));
  return droppable(draft).filter((exchange) => !fresh.has(exchange));
}

/** Returns the draft with the given exchanges in another state. */
export function withState(draft: Draft, chosen: readonly Exchange[], state: Exchange['state']): Draft {
  const set = new Set(chosen);
  return {
    ...draft,
    exchanges: draft.exchanges.map((exchange) => (set.has(exchange) ? { ...exchange, state } : exchange)),
  };
}

/**
 * Returns the draft with tool messages that `change` made shorter, in the given exchanges, and the indices of these
 * messages. `change` returns the same message when there is nothing to shorten.
 */
export function withResults(
  draft: Draft,
  chosen: readonly Exchange[],
  change: (message: ToolMessage) => ToolMessage,
): { draft: Draft; changed: number[] } {
  const set = new Set(chosen);
  const changed: number[] = [];
  const exchanges = draft.exchanges.map((exchange) => {
    if (!set.has(exchange)) return exchange;
    const messages = exchange.messages.map((message, offset) => {
      const after = message.role === 'tool' ? change(message) : message;
      if (after !== message) changed.push(exchange.first + offset);
      return after;
    });
    return { ...exchange, messages };
  });
  return { draft: { ...draft, exchanges }, changed };
}

/** Returns the second draft with what a strategy did between the two. */
export function withStep(
  frame: Frame,
  [before, after]: readonly [Draft, Draft],
  strategy: CompactionStep['strategy'],
  messages: number[],
): Draft {
  const [tokens_before, tokens_after] = [tokensOf(before, frame), tokensOf(after, frame)];
  const step = { strategy, messages, tokens_before, tokens_after };
  return { ...after, steps: messages.length === 0 ? before.steps : [...before.steps, step] };
}

/**
 * Returns the messages that the model reads. Where messages are missing, a message of the user says so; the first such
 * place has the summary, or the beginning, when the summary is of messages before it. So the first message is the
 * user's, and no answer follows another one.
 */
export function render({ exchanges, summary }: Draft): ModelMessage[] {
  const isOfEarlier = summary !== undefined && exchanges.every(({ state }) => state !== 'summarised');
  const rendered: ModelMessage[] = isOfEarlier ? [{ role: 'user', text: showSummary(summary) }] : [];
  let gap: Exchange[] = [];
  let pending = isOfEarlier ? undefined : summary;
  const closeGap = () => {
    if (gap.length > 0) append(rendered, { role: 'user', text: noteOf(gap, pending) });
    pending = gap.length > 0 ? undefined : pending;
    gap = [];
  };
  for (const exchange of exchanges) {
    if (exchange.state !== 'kept') {
      gap.push(exchange);
      continue;
    }
    const isAfterGap = gap.length > 0 || (isOfEarlier && rendered.length === 1);
    closeGap();
    for (const [position, message] of exchange.messages.entries()) {
      if (isAfterGap && position === 0) append(rendered, message);
      else rendered.push(message);
    }
  }
  closeGap();
  return rendered;
}

function noteOf(gap: readonly Exchange[], summary: Summary | undefined): string {
  const left = indicesOf(gap.filter(({ state }) => state === 'dropped')).length;
  const summarised = indicesOf(gap.filter(({ state }) => state === 'summarised')).length;
  const notes = summary === undefined ? [] : [showSummary(summary)];
  if (summary === undefined && summarised > 0)
    notes.push(`[${countOf(summarised)} left out here; the summary above has them.]`);
  if (left > 0) notes.push(`[The conversation is long: ${countOf(left)} left out here.]`);
  return notes.join('\n\n');
}

function countOf(messages: number): string {
  return messages === 1 ? '1 message was' : `${messages} messages were`;
}

/** Adds a message, joined with the last one when both are the user's: no provider takes two in a row. */
function append(rendered: ModelMessage[], message: ModelMessage): void {
  const last = rendered.at(-1);
  if (last?.role === 'user' && message.role === 'user') rendered.splice(-1, 1, ...orderMessages([last, message]));
  else rendered.push(message);
}
