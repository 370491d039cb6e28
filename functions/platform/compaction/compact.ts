import { estimateTokens } from '../models/estimate-tokens.ts';
import type { ModelMessage } from '../models/model.ts';
import type { CompactionInput, CompactionReport, FallbackReason } from './compaction.ts';
import type { ContextEdits } from './context-edits.ts';
import { type Draft, draftOf, droppable, type Frame, fits, indicesOf, render, tokensOf } from './draft.ts';
import { countMessages, messageCounter } from './message-tokens.ts';
import { fallbackLadder, fallbackOf, ladderOf } from './strategies/ladder.ts';
import type { Strategy } from './strategies/strategy.ts';
import { structuredSummary, summary } from './strategies/summaries.ts';
import { type Summary, summaryText } from './summary.ts';
import type { SummaryPlan } from './summary-plan.ts';

/**
 * `summary` is what the caller stores as the next `earlier`.
 *
 * - `ready`: the messages fit. With `contextEdits` they will when the provider has cleared them: send both.
 * - `summarise`: a model must answer `plan`; then call `applySummary`.
 * - `too_long`: what must stay exceeds the budget. The messages are as short as they get.
 */
export type Compaction =
  | ({ status: 'ready'; contextEdits: ContextEdits | undefined } & Compacted)
  | { status: 'summarise'; plan: SummaryPlan }
  | ({ status: 'too_long'; reason: TooLong } & Compacted);

interface Compacted {
  messages: ModelMessage[];
  report: CompactionReport;
  summary: Summary | undefined;
}

/** `window_full`: the strategy is `none`. `protected`: pinned messages and the last exchange together are too long. */
export type TooLong = 'newest_message' | 'protected' | 'window_full';

/**
 * Brings a conversation into its budget, in one or two phases. Phase one is pure. When the strategy needs a model, its
 * outcome is a plan; phase two, `applySummary`, goes on with the model's answer, and may ask for the next piece:
 *
 * ```ts
 * const options = presetOptions('balanced', { window, output, fixed });
 * let compaction = compact({ messages, keyOf, ...options, earlier: storedSummary });
 * while (compaction.status === 'summarise') {
 *   const request = { model, ...(await toSummaryRequest(compaction.plan)) };
 *   const answer = await collectTurn({ … }).then((turn) => turn.text, () => undefined);
 *   compaction = applySummary(compaction.plan, answer);
 * }
 * if (compaction.status === 'too_long') throw new Problem(…);
 * await storeSummary(compaction.summary, compaction.report);
 * send({ messages: compaction.messages, contextEdits: compaction.contextEdits });
 * ```
 *
 * Every outcome keeps: calls with their results, answers unchanged with their signatures, pinned messages, the newest
 * message of the user and the last exchange. Nothing is lost without a note in the conversation and in the report.
 */
export function compact(input: CompactionInput): Compaction {
  return compactTo(0, input);
}

/**
 * Goes on with a model's answer to a plan; undefined when the model failed. An answer that is no usable summary is
 * never taken: the fallback shortens the conversation instead, and the report says why.
 */
export function applySummary(plan: SummaryPlan, answer: string | undefined): Compaction {
  const { frame, kind } = plan;
  const read = answer === undefined ? 'failed' : SUMMARIES[kind].read(plan, answer);
  if (typeof read === 'string') return fallBack(frame, read);
  const input = { ...frame.input, earlier: read };
  const isShorter = tokensOf(draftOf(input), frame) < tokensOf(draftOf(frame.input), frame);
  const isAllowed = frame.measure(summaryText(read)) <= plan.mostTokens;
  return isShorter && isAllowed ? compactTo(frame.goal, input) : fallBack(frame, 'too_long');
}

const SUMMARIES = { summary, structured_summary: structuredSummary };

function compactTo(goal: number, input: CompactionInput): Compaction {
  const measure = input.measure ?? estimateTokens;
  const frame = { input, goal, measure, sizeOf: messageCounter(measure) };
  // A summary would be paid for and could not help.
  if (isNewestTooLong(frame) && input.strategy !== 'none') return fallBack(frame, undefined);
  return climb(ladderOf(input), frame, undefined);
}

function fallBack(frame: Frame, reason: FallbackReason | undefined): Compaction {
  return climb(fallbackLadder(frame.input), { ...frame, goal: 0 }, reason);
}

function climb(ladder: readonly Strategy[], frame: Frame, reason: FallbackReason | undefined): Compaction {
  let draft = startOf(frame);
  let skipped = reason;
  for (const strategy of ladder) {
    if (fits(draft, frame) && !droppable(draft).some(({ first }) => first < frame.goal)) break;
    const outcome = strategy.reduce(draft, frame);
    if ('plan' in outcome) return { status: 'summarise', plan: outcome.plan };
    if ('contextEdits' in outcome) {
      return { status: 'ready', contextEdits: outcome.contextEdits, ...compacted(draft, frame, skipped) };
    }
    if ('skip' in outcome) skipped = outcome.skip;
    else draft = outcome.draft;
  }
  const done = compacted(draft, frame, skipped);
  if (fits(draft, frame)) return { status: 'ready', contextEdits: undefined, ...done };
  const otherwise = frame.input.strategy === 'none' ? 'window_full' : 'protected';
  return { status: 'too_long', reason: isNewestTooLong(frame) ? 'newest_message' : otherwise, ...done };
}

/** The conversation with the summary that it already has. */
function startOf(frame: Frame): Draft {
  const draft = draftOf(frame.input);
  if (draft.summary === undefined) return draft;
  const step = {
    strategy: draft.summary.kind,
    messages: indicesOf(draft.exchanges.filter(({ state }) => state === 'summarised')),
    tokens_before: frame.sizeOf(frame.input.messages),
    tokens_after: tokensOf(draft, frame),
  };
  return { ...draft, steps: [step] };
}

function compacted(draft: Draft, frame: Frame, reason: FallbackReason | undefined): Compacted {
  const { input, sizeOf } = frame;
  const messages = render(draft);
  const report: CompactionReport = {
    strategy: input.strategy,
    budget: input.budget,
    tokens_before: sizeOf(input.messages),
    tokens_after: sizeOf(messages),
    steps: [...draft.steps],
    ...(reason === undefined ? {} : { fallback: { to: fallbackOf(input), reason } }),
  };
  return { messages, report, summary: draft.summary };
}

function isNewestTooLong({ input, sizeOf }: Frame): boolean {
  const newest = input.messages.findLast(({ role }) => role === 'user');
  return newest !== undefined && sizeOf([newest]) > input.budget;
}

/** The newest exchanges, whose results are cleared only when nothing else helps. */
const FRESH_EXCHANGES = 3;

/**
 * Shortens a conversation to at most `budget` tokens for a model that takes no more: clears the oldest tool results
 * first, then drops the oldest whole exchanges, then shortens the results that are left. The first message, which has
 * the task, the newest message of the user and the last exchange stay. A conversation that cannot be shortened enough
 * is returned as short as it gets.
 */
export function shortenHistory(
  messages: readonly ModelMessage[],
  budget: number,
  measure: (text: string) => number,
): ModelMessage[] {
  if (countMessages(messages, measure) <= budget) return [...messages];
  const isPinned = (message: ModelMessage, index: number) => index === 0 && message.role === 'user';
  const input = { messages, budget, measure, strategy: 'clear_tool_results', keep: FRESH_EXCHANGES, isPinned } as const;
  const shortened = compact(input);
  // This strategy needs no model, so there is no plan.
  return shortened.status === 'summarise' ? [...messages] : shortened.messages;
}
