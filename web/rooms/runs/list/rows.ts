import type { Item } from '../../../api/client.ts';
import { formatDuration } from '../../../text/format.ts';
import { text } from '../../../text/runs.ts';
import type { RunStatus } from './filter.ts';

export type RunRow = Item<'/api/v1/runs'>;

/** What arrived since the pages were read. Rows that are shown change in place; new ones wait for the reader. */
export interface LiveChanges {
  changed: ReadonlyMap<string, RunRow>;
  fresh: readonly RunRow[];
  removed: ReadonlySet<string>;
}

export const NO_CHANGES: LiveChanges = { changed: new Map(), fresh: [], removed: new Set() };

/** Returns the rows as they are now, in the order in which they were read. */
export function shownRows(read: readonly RunRow[], { changed, removed }: LiveChanges): RunRow[] {
  return read.filter(({ id }) => !removed.has(id)).map((row) => changed.get(row.id) ?? row);
}

/**
 * Adds runs that changed, and takes away those that were deleted, here or elsewhere. `matches` are those that the
 * filter accepts: of the runs that are not shown, only these are new, and only when they were created after the newest
 * row.
 */
export function withChanges(
  live: LiveChanges,
  read: readonly RunRow[],
  arrived: { changed: readonly RunRow[]; deleted: readonly { id: string }[]; matches: (run: RunRow) => boolean },
): LiveChanges {
  const removed = new Set([...live.removed, ...arrived.deleted.map(({ id }) => id)]);
  const shown = new Set(read.map(({ id }) => id));
  const newest = read[0]?.created_at ?? '';
  const changed = new Map(live.changed);
  const fresh = new Map(live.fresh.map((run) => [run.id, run]));
  for (const run of arrived.changed) {
    if (shown.has(run.id)) changed.set(run.id, run);
    else if (fresh.has(run.id) || (run.created_at > newest && arrived.matches(run))) fresh.set(run.id, run);
  }
  return {
    changed,
    fresh: [...fresh.values()]
      .filter(({ id }) => !removed.has(id))
      .sort((one, other) => (one.created_at < other.created_at ? 1 : -1)),
    removed,
  };
}

const ENDED: readonly RunStatus[] = ['completed', 'failed', 'cancelled', 'cost_exceeded'];

export function hasEnded({ status }: { status: RunStatus }): boolean {
  return ENDED.includes(status);
}

/** Returns how long a run took, or works until now; undefined before it starts. */
export function durationOf(run: Pick<RunRow, 'started_at' | 'completed_at'>, now: number): string | undefined {
  if (run.started_at === null) return undefined;
  const end = run.completed_at === null ? now : Date.parse(run.completed_at);
  return formatDuration(Math.max(0, end - Date.parse(run.started_at)));
}

/** Returns who works: the team, the planner, or the name of the only worker. */
export function workersOf({ kind, agent_type }: Pick<RunRow, 'kind' | 'agent_type'>): string {
  if (kind === 'sprint') return text.team;
  return agent_type === null || agent_type === 'planner' ? text.planner : agent_type;
}

/** How the answers of a rehearsal begin; the row says it with a chip. */
const SCRIPTED = /^\[Scripted rehearsal: no model was called\.\]/;

/** Returns one line of what came out: the error, or the start of the result without Markdown. */
export function outcomeOf({ error, result }: Pick<RunRow, 'error' | 'result'>): string | undefined {
  // An error is plain text; a result is Markdown.
  const words = (error ?? (result ?? '').replace(SCRIPTED, '').replace(/[#*_`>|]+/g, ' ')).replace(/\s+/g, ' ').trim();
  return words === '' ? undefined : words.slice(0, 200);
}
