import { formatMoney } from '../../../text/format.ts';
import { text } from '../../../text/run.ts';
import type { RunState } from './run-state.ts';

/** Returns how much of a run's budget is spent and, if there is any, how much is set aside for calls under way. */
export function spentOf(
  { costUsd, reservedUsd }: Pick<RunState, 'costUsd' | 'reservedUsd'>,
  budgetUsd: string,
): string {
  const spent = `${formatMoney(costUsd)} ${text.facts.of} ${formatMoney(budgetUsd)}`;
  return Number(reservedUsd) > 0 ? `${spent}, ${text.facts.reserved(formatMoney(reservedUsd))}` : spent;
}
