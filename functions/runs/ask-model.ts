import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { collectTurn, type FailedAttempt } from '../platform/models/collect-turn.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, ModelRequest, ModelTurn, Usage } from '../platform/models/model.ts';
import { costOf, worstCaseCost } from '../platform/models/prices.ts';
import { declareTool, type Tool } from '../tools/tool.ts';
import { openChosenModel } from './choose-model.ts';
import type { Claim } from './claim.ts';
import { type History, toMessages } from './conversation.ts';
import { updateRunReserved } from './sql/run.ts';
import { announceDelta } from './stream-delta.ts';
import { assignmentOf, MAX_OUTPUT_TOKENS, TURN_LIMITS } from './worker.ts';

export type Asked =
  | { status: 'answered'; turn: ModelTurn; cost: string; durationMs: number; failedAttempts: PaidAttempt[] }
  /** Nothing was answered; `error` is a ModelError, or the reason why the claim was stopped. */
  | { status: 'failed'; error: unknown; failedAttempts: PaidAttempt[] }
  | { status: 'over_budget' };

/** An attempt that failed after the provider had counted tokens: it is paid for all the same. */
export interface PaidAttempt {
  usage: Usage;
  cost: string;
}

/**
 * Asks the model for a node's next turn. Where there is a budget, the most that the call can cost is reserved first. Text is shown as it comes, as
 * transient deltas.
 */
export async function askModel(
  claim: Claim,
  prompt: { system: string; text: string },
  history: History,
  tools: readonly Tool[],
): Promise<Asked> {
  const { node } = claim;
  const choice: ModelChoice = { provider: node.provider, model: node.model };
  const request: ModelRequest = {
    model: node.model,
    system: prompt.system,
    messages: toMessages(prompt.text, history, TURN_LIMITS[assignmentOf(node)]),
    tools: tools.map(declareTool),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
  if (node.has_budget && !(await reserve(claim, choice, request))) return { status: 'over_budget' };
  const failedAttempts: PaidAttempt[] = [];
  const startedAt = performance.now();
  const deltas = announceDelta(claim);
  try {
    const turn = await collectTurn({
      model: await openChosenModel(choice),
      request,
      signal: claim.signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
      onAttempt: (attempt) => {
        if (attempt > 1) deltas.reset();
      },
      onDelta: deltas.add,
      onFailedAttempt: (failed) => failedAttempts.push(...paidAttempt(choice, failed)),
    });
    return {
      status: 'answered',
      turn,
      cost: costOf(choice, turn.usage, new Date()),
      durationMs: Math.round(performance.now() - startedAt),
      failedAttempts,
    };
  } catch (error) {
    return { status: 'failed', error, failedAttempts };
  } finally {
    await deltas.end();
  }
}

async function reserve(claim: Claim, choice: ModelChoice, request: ModelRequest): Promise<boolean> {
  const amount = worstCaseCost(choice, estimateInputTokens(request), request.maxOutputTokens, new Date());
  return updateRunReserved(claim.database, claim.node, amount);
}

function paidAttempt(choice: ModelChoice, failed: FailedAttempt): PaidAttempt[] {
  log('info', 'a model attempt failed', {
    provider: choice.provider,
    model: choice.model,
    attempt: failed.attempt,
    error: failed.error,
  });
  return failed.usage === undefined ? [] : [{ usage: failed.usage, cost: costOf(choice, failed.usage, new Date()) }];
}
