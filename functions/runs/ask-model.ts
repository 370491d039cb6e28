import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { collectTurn } from '../platform/models/collect-turn.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, ModelRequest, ModelTurn } from '../platform/models/model.ts';
import { costOf, worstCaseCost } from '../platform/models/prices.ts';
import { declareTool, type Tool } from '../tools/tool.ts';
import { Meter, OverBudget } from '../usage/meter.ts';
import type { Claim } from './claim.ts';
import { type History, toMessages } from './conversation.ts';
import { streamDeltas } from './events/stream-delta.ts';
import { openRunModel } from './open-model.ts';
import { holdNode } from './sql/claim.ts';
import { MAX_OUTPUT_TOKENS, turnLimitOf } from './worker.ts';

export type Asked =
  | {
      status: 'answered';
      turn: ModelTurn;
      cost: string;
      durationMs: number;
      /** Books the cost: in the transaction that records the turn, or alone when the turn could not be recorded. */
      meter: Meter;
      /** The end of the text, to be published with the record of the turn. */
      lastDeltas: string[];
    }
  | { status: 'over_budget' };

/**
 * Asks the model for a node's next turn. With a budget, the highest possible cost of an attempt is reserved before the
 * attempt starts. A failed attempt is booked at once, even when the claim is lost later. The text is published as
 * transient deltas while it arrives.
 * @throws ModelError when the model gave no answer; FenceLost; the abort reason when the claim was stopped
 */
export async function askModel(
  claim: Claim,
  prompt: { system: string; text: string },
  history: History,
  tools: readonly Tool[],
): Promise<Asked> {
  const { node } = claim;
  const choice: ModelChoice = { provider: node.provider, model: node.model };
  const model = await openRunModel(choice);
  const whole: ModelRequest = {
    model: node.model,
    capabilities: node.capabilities ?? undefined,
    system: prompt.system,
    messages: toMessages(prompt.text, history, turnLimitOf(node)),
    tools: tools.map(declareTool),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
  // What is reserved is the cost of what is sent.
  const request = model.prepare?.(whole) ?? whole;
  const meter = meterOf(claim, choice, request);
  const startedAt = performance.now();
  const deltas = streamDeltas(claim);
  try {
    const turn = await collectTurn({
      model,
      request,
      signal: claim.signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
      onAttempt: async (attempt) => {
        if (attempt > 1) deltas.reset();
        await meter.begin();
      },
      onDelta: deltas.add,
      onReset: deltas.reset,
      onFailedAttempt: (failed) => {
        const { attempt, error } = failed;
        log('info', 'model attempt failed', { ...choice, attempt, error });
        return meter.settle(failed.usage);
      },
    });
    return {
      status: 'answered',
      turn,
      cost: costOf(choice, turn.usage, new Date()),
      durationMs: Math.round(performance.now() - startedAt),
      meter,
      lastDeltas: await deltas.finish(),
    };
  } catch (error) {
    if (error instanceof OverBudget) return { status: 'over_budget' };
    throw error;
  } finally {
    await deltas.end();
  }
}

/** Returns the meter for one turn of this claim. Its reservations are fenced; its bookings are not. */
function meterOf({ node, tenantId, database }: Claim, choice: ModelChoice, request: ModelRequest): Meter {
  return new Meter(
    { scoped: database, tenantId, userId: node.user_id, runId: node.run_id, nodeId: node.id },
    {
      kind: 'turn',
      reference: `${node.id}:${node.turn}:${node.fence}`,
      choice,
      // Nothing is reserved without a budget, so nothing is estimated.
      worstCase: node.has_budget
        ? worstCaseCost(choice, estimateInputTokens(request), request.maxOutputTokens, new Date())
        : '0',
      guard: [holdNode(node)],
      isLimited: node.has_budget,
    },
  );
}
