import { type CollectTurn, collectTurn } from '../platform/models/collect-turn.ts';
import { estimateInputTokens } from '../platform/models/estimate-tokens.ts';
import type { ModelChoice, ModelTurn, Usage } from '../platform/models/model.ts';
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
  /** Hears what each try can cost before it starts (what it throws ends the call), and what it did use, as it is booked. */
  watch?: { begin(worstCase: string): void; booked(usage: Usage): void };
}

/**
 * One whole turn of a model with its money: every try is reserved before it starts and booked when it ends, whatever became of it.
 * @throws OverBudget before anything was asked; what {@link collectTurn} throws
 */
export async function buyTurn({ payer, kind, reference, choice, call, watch }: BoughtTurn): Promise<ModelTurn> {
  const { request } = call;
  const worstCase = worstCaseCost(choice, estimateInputTokens(request), request.maxOutputTokens, new Date());
  const meter = new Meter(payer, { kind, reference, choice, worstCase });
  const settle = async (used: Usage | undefined) => {
    if (used !== undefined) watch?.booked(used);
    await meter.settle(used);
  };
  const turn = await collectTurn({
    ...call,
    onAttempt: () => {
      watch?.begin(worstCase);
      return meter.begin();
    },
    onFailedAttempt: ({ usage }) => settle(usage),
  });
  await settle(turn.usage);
  return turn;
}
