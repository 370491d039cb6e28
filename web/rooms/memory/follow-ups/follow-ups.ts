import type { Item } from '../../../api/client.ts';

/** Groups follow-ups by their day. Pure. */

export type FollowUp = Item<'/api/v1/memory/follow-ups'>;
export const GROUPS = ['overdue', 'today', 'later', 'none'] as const;
export type FollowUpGroup = (typeof GROUPS)[number];

/** Returns the groups that have a follow-up, each in the order of the list. `today` is a day such as 2026-11-30. */
export function groupsOf(items: readonly FollowUp[], today: string): { group: FollowUpGroup; items: FollowUp[] }[] {
  return GROUPS.map((group) => ({ group, items: items.filter(({ due }) => groupOf(due, today) === group) })).filter(
    ({ items: found }) => found.length > 0,
  );
}

function groupOf(due: string | null, today: string): FollowUpGroup {
  if (due === null) return 'none';
  if (due === today) return 'today';
  return due < today ? 'overdue' : 'later';
}

/** Returns the day of a moment in the zone of the browser, or in `timeZone`. */
export function dayOf(moment: string | number, timeZone?: string): string {
  // The Swedish form of a date is the ISO form.
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(moment));
}
