import { environment } from '../platform/environment.ts';
import { log } from '../platform/log.ts';
import { collectTurn } from '../platform/models/collect-turn.ts';
import type { PricedChoice } from '../platform/models/configured-price.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import { ModelError, type ModelMessage, type ModelRequest, type ModelTurn } from '../platform/models/model.ts';
import { outputWithin, type PriceBasis, priceOf, worstCaseCost } from '../platform/models/prices.ts';
import { declareTool, type Tool } from '../tools/tool.ts';
import { Meter } from '../usage/meter.ts';
import type { Claim } from './claim.ts';
import { streamDeltas } from './events/stream-delta.ts';
import type { NodeKind } from './node-kind.ts';
import { openRunModel } from './open-model.ts';
import { type ClaimedNode, holdNode } from './sql/claim.ts';
import { MAX_OUTPUT_TOKENS } from './worker.ts';

/** An answer of the model. */
export interface Answered {
  turn: ModelTurn;
  cost: string;
  price: PriceBasis;
  durationMs: number;
  /** Books the cost: in the transaction that records the turn, or alone when the turn could not be recorded. */
  meter: Meter;
  /** The end of the text, to be published with the record of the turn. */
  lastDeltas: string[];
}

/** What a model is asked with. */
interface Asked {
  system: string;
  messages: ModelMessage[];
  tools: readonly Tool[];
  live: NodeKind['live'];
}

/** Less output is not worth a call. A budget that covers no more than this lowers the output limit of the call. */
const LEAST_OUTPUT_TOKENS = 2_048;

/**
 * Asks the model for a node's next turn. With a budget, the highest possible cost of an attempt is reserved before the
 * attempt starts; when the budget covers only a shorter answer, the output limit is lowered. A failed attempt is booked
 * at once, even when the claim is lost later. The text is published as transient deltas while it arrives.
 * @throws OverBudget before an attempt; ModelError when the model gave no answer; FenceLost; the abort reason when the
 * claim was stopped
 */
export async function askModel(claim: Claim, { system, messages, tools, live }: Asked): Promise<Answered> {
  const { node } = claim;
  const choice: PricedChoice = { provider: node.provider, model: node.model, price: node.price };
  const model = await openRunModel(choice);
  const whole: ModelRequest = {
    model: node.model,
    capabilities: node.capabilities ?? undefined,
    system,
    messages,
    tools: tools.map(declareTool),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
  // What is reserved is the cost of what is sent. Nothing is reserved without a budget, so nothing is estimated.
  const request = model.prepare?.(whole) ?? whole;
  const inputTokens = node.has_budget ? estimateInputTokens(request) : 0;
  const most = request.maxOutputTokens;
  const meter = meterOf(claim, choice, inputTokens, most);
  const startedAt = performance.now();
  const deltas = streamDeltas(claim, live);
  let isPaid = false;
  try {
    const turn = await collectTurn({
      model,
      request,
      signal: claim.signal,
      timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000,
      onAttempt: async (attempt) => {
        if (attempt > 1) deltas.reset();
        const amount = await meter.begin();
        request.maxOutputTokens = Math.min(most, outputFor(node, choice, inputTokens, amount));
      },
      onDelta: deltas.add,
      onThinking: deltas.addThinking,
      onReset: deltas.reset,
      onFailedAttempt: (failed) => {
        const { attempt, error } = failed;
        isPaid ||= failed.usage !== undefined;
        log('info', 'model attempt failed', { provider: node.provider, model: node.model, attempt, error });
        return meter.settle(failed.usage);
      },
    });
    const { usd, basis } = priceOf(choice, turn.usage, new Date());
    return {
      turn,
      cost: usd,
      price: basis,
      durationMs: Math.round(performance.now() - startedAt),
      meter,
      lastDeltas: await deltas.finish(),
    };
  } catch (error) {
    // A server that breaks off answers that are paid is not waited for.
    if (isPaid && error instanceof ModelError && error.isAway) {
      throw new ModelError(error.kind, error.message, { retryAfterMs: error.retryAfterMs, cause: error });
    }
    throw error;
  } finally {
    await deltas.end();
  }
}

/** Returns the most output tokens that the reserved amount covers. */
function outputFor({ has_budget }: ClaimedNode, choice: PricedChoice, inputTokens: number, amount: string): number {
  return has_budget && amount !== '0' ? outputWithin(choice, inputTokens, amount, new Date()) : MAX_OUTPUT_TOKENS;
}

/** Returns the meter for one turn of this claim. Its reservations are fenced; its bookings are not. */
function meterOf({ node, tenantId, database }: Claim, choice: PricedChoice, inputTokens: number, most: number): Meter {
  const costWith = (outputTokens: number) =>
    node.has_budget ? worstCaseCost(choice, inputTokens, outputTokens, new Date()) : '0';
  return new Meter(
    { scoped: database, tenantId, userId: node.user_id, runId: node.run_id, nodeId: node.id },
    {
      kind: 'turn',
      reference: `${node.id}:${node.turn}:${node.fence}`,
      choice,
      worstCase: costWith(most),
      least: costWith(Math.min(LEAST_OUTPUT_TOKENS, most)),
      guard: [holdNode(node)],
      isLimited: node.has_budget,
    },
  );
}
