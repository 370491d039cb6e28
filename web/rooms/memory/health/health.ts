import type { Item } from '../../../api/client.ts';

/** The lists of the page about health. Pure. */

export type UsedFact = Item<'/api/v1/memory/health/stale'>;
export type Twins = Item<'/api/v1/memory/health/duplicates'>;

export const LISTS = ['duplicates', 'stale', 'rarely_used', 'notes'] as const;

/** After how many days without use a fact is stale; the first one is the server's own. */
export const STALE_DAYS = [30, 90, 180, 365] as const;

export function readDays(word: string | undefined): number {
  return STALE_DAYS.find((days) => String(days) === word) ?? STALE_DAYS[0];
}

/** Whether a fact may replace the other one of a pair: an untrusted fact never replaces a trusted one. */
export function mayKeep(fact: Pick<UsedFact, 'trust'>, other: Pick<UsedFact, 'trust'>): boolean {
  return fact.trust === 'trusted' || other.trust === 'untrusted';
}
