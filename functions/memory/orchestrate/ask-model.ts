import { environment } from '../../platform/environment.ts';
import { log } from '../../platform/log.ts';
import { guardAnswer, type Leak } from '../../platform/models/guard-answer.ts';
import {
  type ModelChoice,
  ModelError,
  type ModelMessage,
  type ModelTurn,
  type ToolDeclaration,
} from '../../platform/models/model.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { stopCause } from '../../platform/models/stop-cause.ts';
import { buyTurn } from '../../usage/buy-turn.ts';
import { OverBudget, type Payer } from '../../usage/meter.ts';
import type { EndReason } from './answer.ts';
import { type SearchBudget, SearchBudgetExceeded } from './search-budget.ts';

/** The model of a search, its payer, budget and deadline. */
export interface ModelContext {
  /** The unique id of the search. */
  id: string;
  choice: ModelChoice;
  payer: Payer;
  budget: SearchBudget;
  /** The deadline, as a value of `performance.now()`. */
  endsAt: number;
  signal: AbortSignal;
}

/** A turn of the model, or why there is none with a sentence for the caller. */
type ModelResult =
  | { turn: ModelTurn; leaks: Leak[] }
  | { ended: Exclude<EndReason, 'answered' | 'empty' | 'no_model'>; detail: string };

/** Includes the tokens of the model's thinking. */
const MOST_OUTPUT_TOKENS = 8000;

/**
 * Asks the model for one turn and pays for it: the cost is reserved before each try and booked after it, also when the
 * caller disconnects. Masks parts of the answer that repeat the system prompt or a secret of the deployment.
 * @throws the signal's reason when the caller has disconnected
 */
export async function askModel(
  { id, choice, payer, budget, endsAt, signal }: ModelContext,
  request: { number: number; system: string; messages: ModelMessage[]; tools: ToolDeclaration[] },
): Promise<ModelResult> {
  const { number, ...prompt } = request;
  const left = Math.floor(endsAt - performance.now());
  if (left <= 0) return OUT_OF_TIME;
  try {
    const turn = await buyTurn({
      payer,
      kind: 'search',
      reference: `${id} turn ${number}`,
      choice,
      call: {
        model: await openModel(choice),
        request: { model: choice.model, ...prompt, maxOutputTokens: MOST_OUTPUT_TOKENS },
        signal,
        timeoutMs: Math.min(left, environment.MODEL_TIMEOUT_SECONDS * 1000),
      },
      watch: {
        begin: (worstCase) => {
          if (!budget.covers(worstCase)) throw new SearchBudgetExceeded();
        },
        booked: (usage, cost) => budget.book(usage, cost),
      },
    });
    const cause = stopCause(turn);
    if (cause !== undefined) return { ended: 'refused', detail: `There is no answer: ${cause}.` };
    const guarded = guardAnswer(id, turn);
    if (guarded.leaks.length > 0)
      log('warning', 'model answer masked', { tenant_id: payer.tenantId, leaks: guarded.leaks });
    return guarded;
  } catch (error) {
    signal.throwIfAborted();
    return endedBy(error, endsAt);
  }
}

const OUT_OF_TIME: ModelResult = { ended: 'time', detail: 'The time limit of the search is over.' };

function endedBy(error: unknown, endsAt: number): ModelResult {
  if (error instanceof SearchBudgetExceeded) return { ended: 'budget', detail: `${error.message}.` };
  if (error instanceof OverBudget) return { ended: 'day_budget', detail: `${error.message}.` };
  if (!(error instanceof ModelError)) throw error;
  if (error.kind === 'timeout' && performance.now() >= endsAt) return OUT_OF_TIME;
  log('warning', 'search model failed', { error });
  return { ended: 'model_failed', detail: `The model call failed: ${error.kind.replace('_', ' ')}.` };
}
