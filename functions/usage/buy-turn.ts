import { type CollectTurn, collectTurn } from '../platform/models/collect-turn.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, ModelTurn, Usage } from '../platform/models/model.ts';
import { costOf, worstCaseCost } from '../platform/models/prices.ts';
import { Meter, type Payer } from './meter.ts';
import { findPrice, type UsageLine } from './sql/usage.ts';

export interface BoughtTurn {
  payer: Payer;
  kind: Exclude<UsageLine['kind'], 'embedding'>;
  /** Identifies this purchase; unique for each call of `buyTurn`. */
  reference: string;
  choice: ModelChoice;
  call: Omit<CollectTurn, 'onAttempt' | 'onFailedAttempt'>;
  /**
   * `begin` is called with the worst-case cost before each attempt; an error that it throws ends the call. `booked` is
   * called with the tokens and the cost of each attempt when they are booked.
   */
  watch?: { begin(worstCase: string): void; booked(usage: Usage, cost: string): void };
}

/**
 * Buys one complete turn of a model. Reserves the worst-case cost before each attempt and books the used tokens after
 * it, also when the attempt failed.
 * @throws OverBudget before the model is called; errors of {@link collectTurn}
 */
export async function buyTurn({ payer, kind, reference, call, watch, ...bought }: BoughtTurn): Promise<ModelTurn> {
  const choice = await findPrice(payer.scoped, bought.choice);
  const request = { ...call.request, capabilities: bought.choice.capabilities };
  const worstCase = worstCaseCost(choice, estimateInputTokens(request), request.maxOutputTokens, new Date());
  const meter = new Meter(payer, { kind, reference, choice, worstCase });
  const settle = async (used: Usage | undefined) => {
    if (used !== undefined) watch?.booked(used, costOf(choice, used, new Date()));
    await meter.settle(used);
  };
  const turn = await collectTurn({
    ...call,
    request,
    onAttempt: () => {
      watch?.begin(worstCase);
      return meter.begin();
    },
    onFailedAttempt: ({ usage }) => settle(usage),
  });
  await settle(turn.usage);
  return turn;
}
