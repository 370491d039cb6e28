import { estimateTokens } from '../models/estimate-tokens.ts';
import type {
  Compaction,
  CompactionInput,
  CompactionReport,
  FallbackName,
  FallbackReason,
  StrategyName,
  TooLong,
} from './compaction.ts';
import type { ContextEdits } from './context-edits.ts';
import { type Draft, draftOf, droppable, fits, type Frame, indicesOf, render, tokensOf } from './draft.ts';
import { messageCounter } from './message-tokens.ts';
import { clearToolResults } from './strategies/clear-tool-results.ts';
import { dropOldest } from './strategies/drop-oldest.ts';
import { none } from './strategies/none.ts';
import { provider } from './strategies/provider.ts';
import { shortenResults } from './strategies/shorten-results.ts';
import type { Strategy } from './strategies/strategy.ts';
import { structuredSummary } from './strategies/structured-summary.ts';
import { summary } from './strategies/summary.ts';
import { summaryText } from './summary.ts';
import type { SummaryPlan } from './summary-plan.ts';

/**
 * Brings a conversation into its budget, in one or two phases. Phase one is pure. When the strategy needs a model, its
 * outcome is a plan; phase two, `applySummary`, goes on with the model's answer, and may ask for the next piece:
 *
 * ```ts
 * let compaction = compact({ messages, ...presetOptions('balanced', window), earlier: conversation.summary });
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

const FALLBACKS: Record<FallbackName, readonly Strategy[]> = {
  drop_oldest: [dropOldest, shortenResults],
  clear_tool_results: [clearToolResults, dropOldest, shortenResults],
};

/** The strategies in the order in which they are tried, until the conversation fits. */
function ladderOf({ strategy, fallback = 'clear_tool_results' }: CompactionInput): readonly Strategy[] {
  const ladders: Record<StrategyName, readonly Strategy[]> = {
    ...FALLBACKS,
    none: [none],
    provider: [provider, ...FALLBACKS[fallback]],
    summary: [summary, ...FALLBACKS[fallback]],
    structured_summary: [structuredSummary, ...FALLBACKS[fallback]],
  };
  return ladders[strategy];
}

function compactTo(goal: number, input: CompactionInput): Compaction {
  const measure = input.measure ?? estimateTokens;
  const frame = { input, goal, measure, sizeOf: messageCounter(measure) };
  // A summary would be paid for and could not help.
  if (isNewestTooLong(frame) && input.strategy !== 'none') return fallBack(frame, undefined);
  return climb(ladderOf(input), frame, undefined);
}

function fallBack(frame: Frame, reason: FallbackReason | undefined): Compaction {
  return climb(FALLBACKS[frame.input.fallback ?? 'clear_tool_results'], { ...frame, goal: 0 }, reason);
}

function climb(ladder: readonly Strategy[], frame: Frame, reason: FallbackReason | undefined): Compaction {
  let draft = startOf(frame);
  let skipped = reason;
  for (const strategy of ladder) {
    if (fits(draft, frame) && !droppable(draft).some(({ first }) => first < frame.goal)) break;
    const outcome = strategy.reduce(draft, frame);
    if ('plan' in outcome) return { status: 'summarise', plan: outcome.plan };
    if ('leaveToProvider' in outcome) return ready(draft, frame, skipped, true);
    if ('skip' in outcome) skipped = outcome.skip;
    else draft = outcome.draft;
  }
  return fits(draft, frame) ? ready(draft, frame, skipped, false) : tooLong(draft, frame, skipped);
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

function ready(draft: Draft, frame: Frame, skipped: FallbackReason | undefined, isLeftToProvider: boolean): Compaction {
  return {
    status: 'ready',
    messages: render(draft),
    report: reportOf(draft, frame, skipped),
    summary: draft.summary,
    contextEdits: isLeftToProvider ? editsOf(frame.input) : undefined,
  };
}

function tooLong(draft: Draft, frame: Frame, skipped: FallbackReason | undefined): Compaction {
  const otherwise: TooLong = frame.input.strategy === 'none' ? 'window_full' : 'protected';
  return {
    status: 'too_long',
    reason: isNewestTooLong(frame) ? 'newest_message' : otherwise,
    messages: render(draft),
    report: reportOf(draft, frame, skipped),
    summary: draft.summary,
  };
}

function isNewestTooLong({ input, sizeOf }: Frame): boolean {
  const newest = input.messages.findLast(({ role }) => role === 'user');
  return newest !== undefined && sizeOf([newest]) > input.budget;
}

function reportOf(draft: Draft, frame: Frame, reason: FallbackReason | undefined): CompactionReport {
  const { strategy, budget, fallback = 'clear_tool_results', messages } = frame.input;
  return {
    strategy,
    budget,
    tokens_before: frame.sizeOf(messages),
    tokens_after: tokensOf(draft, frame),
    steps: [...draft.steps],
    ...(reason === undefined ? {} : { fallback: { to: fallback, reason } }),
  };
}

/** The provider clears in steps of a quarter of the budget as well, so that its cache holds for turns. */
const CLEARED_SHARE = 0.25;

function editsOf({ budget, keep }: CompactionInput): ContextEdits {
  const clearAtLeast = Math.ceil(budget * CLEARED_SHARE);
  return { clearToolResults: { trigger: Math.max(1, Math.floor(budget)), keep, clearAtLeast } };
}
