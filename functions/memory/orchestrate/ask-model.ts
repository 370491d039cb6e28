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
import { buyTurn } from '../../usage/buy-turn.ts';
import { OverBudget, type Payer } from '../../usage/meter.ts';
import type { Ending } from './answer.ts';
import { type Purse, PurseEmpty } from './purse.ts';

/** Who asks the model, with which money and until when. */
export interface ModelCaller {
  /** Names the search; unique. */
  id: string;
  choice: ModelChoice;
  payer: Payer;
  purse: Purse;
  /** Of `performance.now()`. */
  endsAt: number;
  signal: AbortSignal;
}

export type AskedTurn =
  | { turn: ModelTurn; leaks: Leak[] }
  /** Why there is none, and a sentence for the caller. */
  | { ended: Exclude<Ending, 'answered' | 'empty' | 'no_model'>; detail: string };

/** Thinking counts as output, too. */
const MOST_OUTPUT_TOKENS = 8000;

/**
 * One turn of the model, paid for: reserved before each try and booked after it, also when the caller leaves. Its words are masked where they repeat the
 * instruction or a secret of ours.
 * @throws the signal's reason when the caller has left
 */
export async function askModel(
  { id, choice, payer, purse, endsAt, signal }: ModelCaller,
  question: { number: number; system: string; messages: ModelMessage[]; tools: ToolDeclaration[] },
): Promise<AskedTurn> {
  const { number, ...prompt } = question;
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
          if (!purse.covers(worstCase)) throw new PurseEmpty();
        },
        booked: (usage) => purse.booked(choice, usage),
      },
    });
    if (turn.finish_reason === 'refused') return { ended: 'refused', detail: 'The model refused to answer.' };
    const guarded = guardAnswer(id, turn);
    if (guarded.leaks.length > 0)
      log('warning', 'a model repeated what it must not', { tenant_id: payer.tenantId, leaks: guarded.leaks });
    return guarded;
  } catch (error) {
    signal.throwIfAborted();
    return endedBy(error, endsAt);
  }
}

const OUT_OF_TIME: AskedTurn = { ended: 'time', detail: 'The time of the search is over.' };

function endedBy(error: unknown, endsAt: number): AskedTurn {
  if (error instanceof PurseEmpty) return { ended: 'budget', detail: `${error.message}.` };
  if (error instanceof OverBudget) return { ended: 'day_budget', detail: `${error.message}.` };
  if (!(error instanceof ModelError)) throw error;
  if (error.kind === 'timeout' && performance.now() >= endsAt) return OUT_OF_TIME;
  log('warning', 'the model of a search failed', { error });
  return { ended: 'model_failed', detail: `The model could not be asked: ${error.kind.replace('_', ' ')}.` };
}
