import { z } from 'zod';
import type { ModelMessage } from '../models/model.ts';
import { AppliedEdit } from './context-edits.ts';
import type { Summary } from './summary.ts';

/**
 * How a conversation is brought into its budget. `none` changes nothing. `provider` leaves it to the provider, where it
 * can do that.
 */
export const StrategyName = z.enum([
  'none',
  'drop_oldest',
  'clear_tool_results',
  'summary',
  'structured_summary',
  'provider',
]);
export type StrategyName = z.infer<typeof StrategyName>;

/** What replaces a strategy that needs a model or a provider and gets no usable answer. */
export const FallbackName = StrategyName.extract(['drop_oldest', 'clear_tool_results']);
export type FallbackName = z.infer<typeof FallbackName>;

export interface CompactionInput {
  /** The whole conversation, oldest first, also what was dropped or summarised before. */
  messages: readonly ModelMessage[];
  /** The most tokens that the messages may have. Nothing is changed below it. */
  budget: number;
  strategy: StrategyName;
  /** Default: `clear_tool_results`. */
  fallback?: FallbackName;
  /** The newest questions and answers with their calls, which are changed only when nothing else helps. */
  keep: number;
  /** Messages that stay whole, with the calls and results that belong to them. */
  isPinned?: (message: ModelMessage, index: number) => boolean;
  /**
   * Names a message, so that a stored summary finds what it covers: the same name for the same message, also when the
   * conversation is given without its beginning. Default: the index.
   */
  keyOf?: (index: number) => string;
  /** The newest summary of this conversation; in a tree, one of messages of this branch. The caller stores it. */
  earlier?: Summary | undefined;
  /** Counts tokens. Default: `estimateTokens`. */
  measure?: (text: string) => number;
  /** Tokens that the summarising model may read at once. Default: the budget. */
  readable?: number;
  /** Whether the provider clears tool results itself: `context_edits` of the model's capabilities. */
  hasProviderEdits?: boolean;
}

/** Why another strategy than the wanted one was used. */
export const FallbackReason = z.enum([
  /** The provider has nothing of its own. */
  'not_available',
  /** The provider would not clear enough. */
  'not_enough',
  /** Everything that is left must stay as it is. */
  'nothing_to_summarise',
  /** The budget is too small for a summary. */
  'no_room',
  /** The model failed; the caller gave no answer. */
  'failed',
  'empty',
  /** Not JSON of the schema. */
  'invalid',
  /** Longer than allowed, or than what it replaces. */
  'too_long',
]);
export type FallbackReason = z.infer<typeof FallbackReason>;

/**
 * What one strategy changed. `messages` are indices of the conversation: summarised, cleared (their results), dropped
 * or shortened (their results), by the name of the strategy.
 */
export const CompactionStep = z.object({
  strategy: z.union([StrategyName, z.literal('shorten_results')]),
  messages: z.array(z.int().nonnegative()),
  tokens_before: z.int().nonnegative(),
  tokens_after: z.int().nonnegative(),
});
export type CompactionStep = z.infer<typeof CompactionStep>;

/** The difference between the conversation and what the model reads of it, for a user interface. */
export const CompactionReport = z.object({
  strategy: StrategyName,
  budget: z.number(),
  tokens_before: z.int().nonnegative(),
  tokens_after: z.int().nonnegative(),
  steps: z.array(CompactionStep),
  fallback: z.object({ to: FallbackName, reason: FallbackReason }).optional(),
  /** What the provider cleared. The caller adds `context_edits` of the turn. */
  provider_edits: z.array(AppliedEdit).optional(),
});
export type CompactionReport = z.infer<typeof CompactionReport>;
