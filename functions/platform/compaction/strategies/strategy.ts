import type { FallbackReason, StrategyName } from '../compaction.ts';
import type { ContextEdits } from '../context-edits.ts';
import type { Draft, Frame } from '../draft.ts';
import type { Summary } from '../summary.ts';
import type { SummaryPlan } from '../summary-plan.ts';

/**
 * What a strategy answers: a shorter draft, which may still be too long; a plan that a model must carry out; that the
 * provider does the work; or why the strategy cannot help, so that the fallback takes over.
 */
export type Outcome =
  | { draft: Draft }
  | { plan: SummaryPlan }
  | { contextEdits: ContextEdits }
  | { skip: FallbackReason };

/** One way to shorten a conversation. Pure: the outcome depends on the arguments alone. */
export interface Strategy {
  name: StrategyName | 'shorten_results';
  reduce(draft: Draft, frame: Frame): Outcome;
}

/** A strategy with a model. `read` makes the new summary of the model's answer, or says what is wrong with it. */
export interface SummaryStrategy extends Strategy {
  name: Summary['kind'];
  read(plan: SummaryPlan, answer: string): Summary | FallbackReason;
}
