import { type CollectTurn, collectTurn } from '../platform/models/collect-turn.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, ModelTurn } from '../platform/models/model.ts';
import { worstCaseCost } from '../platform/models/prices.ts';
import { Meter, type Payer } from './meter.ts';
import type { UsageLine } from './sql/usage.ts';

export interface BoughtTurn {
  payer: Payer;
  kind: Exclude<UsageLine['kind'], 'embedding'>;
  /** What is bought, unique for each time that it is bought. */
  reference: string;
  choice: ModelChoice;
  call: Omit<CollectTurn, 'onAttempt' | 'onFailedAttempt'>;
}

/**
 * One whole turn of a model with its money: every try is reserved before it starts and booked when it ends, whatever became of it.
 * @throws OverBudget before anything was asked; what {@link collectTurn} throws
 */
export async function buyTurn({ payer, kind, reference, choice, call }: BoughtTurn): Promise<ModelTurn> {
  const { request } = call;
  const worstCase = worstCaseCost(choice, estimateInputTokens(request), request.maxOutputTokens, new Date());
  const meter = new Meter(payer, { kind, reference, choice, worstCase });
  const turn = await collectTurn({
    ...call,
    onAttempt: () => meter.begin(),
    onFailedAttempt: ({ usage }) => meter.settle(usage),
  });
  await meter.settle(turn.usage);
  return turn;
}
