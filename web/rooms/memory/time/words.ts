import { formatClock, formatDay, plural } from '../../../text/format.ts';
import { text } from '../../../text/memory.ts';
import { type CommitItem, type Mark, numberOf } from './marks.ts';

/** The words of the time bar and of histories. */

/**
 * Returns what made a commit, with the beginning of its source: "after the conversation “I live in Porto.”".
 */
export function reasonOf(commit: Pick<CommitItem, 'kind' | 'author' | 'session_kind' | 'source_title'>): string {
  const title = commit.source_title;
  const named = title ? ` “${shorten(title)}”` : '';
  if (commit.kind === 'session') return `${text.made[madeBy(commit)]}${named}`;
  if (commit.kind === 'revert' && title) return `${text.made.revertOf}${named}`;
  return text.made[commit.kind];
}

function madeBy({ author, session_kind: kind }: Pick<CommitItem, 'author' | 'session_kind'>) {
  if (author !== 'run') return 'conversation' as const;
  return kind === 'sprint' ? ('sprint' as const) : ('run' as const);
}

/** Returns the value text of the thumb: "12 March 2026, 14:02, change 31 of 48: the sprint “…”". */
export function valueText(marks: readonly Mark[], index: number, asOf?: string): string {
  const { number, total } = numberOf(marks, index);
  if (index >= marks.length) return `${text.now}, ${plural(total, text.change, text.changes)}`;
  const mark = marks[index];
  if (mark === undefined) return asOf === undefined ? text.beforeFirst : `${formatMoment(asOf)}, ${text.beforeFirst}`;
  if (number === 0) return `${formatMoment(mark.at)}, ${text.beforeFirst}`;
  const counted = text.changeOf(number, total);
  if (mark.commit === undefined)
    return `${formatDay(mark.at)}, ${counted}: ${plural(mark.changes, text.change, text.changes)} ${text.thatDay}`;
  return `${formatMoment(mark.at)}, ${counted}: ${reasonOf(mark.commit)}`;
}

/** 12 March 2026, 14:02 */
export function formatMoment(instant: string, timeZone?: string): string {
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone });
  return `${formatDay(instant, timeZone)}, ${clock.format(new Date(instant))}`;
}

/** Returns a moment with its seconds, for changes that may be of the same minute: "12 March 2026, 14:02:11". */
export function formatExactMoment(instant: string, timeZone?: string): string {
  return `${formatDay(instant, timeZone)}, ${formatClock(instant, timeZone)}`;
}

/** 12 Mar */
export function formatShortDay(instant: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(new Date(instant));
}

const LONGEST_TITLE = 48;

/** Returns the first words of a text, at most 48 characters. */
export function shorten(title: string, longest = LONGEST_TITLE): string {
  const line = title.replace(/\s+/g, ' ').trim();
  if (line.length <= longest) return line;
  return `${line.slice(0, longest).replace(/\s+\S*$/, '')}…`;
}
