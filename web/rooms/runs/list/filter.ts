import type { LocationQuery, LocationQueryRaw } from 'vue-router';
import type { paths } from '../../../api/api.generated.d.ts';
import { text } from '../../../text/runs.ts';

/** What the list shows. It is in the address, so a reload, a link and "back" keep it. */
export interface RunFilter {
  status?: RunStatus | undefined;
  kind?: 'run' | 'sprint' | undefined;
  mine: boolean;
  worker?: string | undefined;
  text: string;
  /** Days, as a date field has them: 2026-11-30. Both are included. */
  from?: string | undefined;
  to?: string | undefined;
  /** Only runs that need the user, work, failed or used up their budget. */
  matters: boolean;
}

export type ListQuery = NonNullable<paths['/api/v1/runs']['get']['parameters']['query']>;
export type CountQuery = NonNullable<paths['/api/v1/runs/counts']['get']['parameters']['query']>;

export const STATUSES = [
  'waiting_input',
  'running',
  'queued',
  'completed',
  'failed',
  'cost_exceeded',
  'cancelled',
] as const;
export type RunStatus = (typeof STATUSES)[number];
const MATTERS: readonly RunStatus[] = ['waiting_input', 'running', 'queued', 'failed', 'cost_exceeded'];

export const WORKERS = [
  'backend',
  'chef',
  'coder',
  'devops',
  'formatter',
  'frontend',
  'planner',
  'retriever',
  'summarizer',
  'thinker',
];

/** Reads the filter of an address. What an address has and the console does not know is ignored. */
export function filterOf(query: LocationQuery): RunFilter {
  const one = (name: string) => {
    const value = query[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const status = STATUSES.find((known) => known === one('status'));
  const kind = one('kind');
  return {
    status,
    kind: kind === 'run' || kind === 'sprint' ? kind : undefined,
    mine: one('who') === 'me',
    worker: WORKERS.find((known) => known === one('worker')),
    text: (one('q') ?? '').slice(0, 200),
    from: dayOf(one('from')),
    to: dayOf(one('to')),
    matters: status === undefined && one('show') === 'matters',
  };
}

/** Returns the address's query for a filter. */
export function addressOf({ status, kind, mine, worker, text: words, from, to, matters }: RunFilter): LocationQueryRaw {
  return {
    status,
    kind,
    who: mine ? 'me' : undefined,
    worker,
    q: words.trim() === '' ? undefined : words.trim(),
    from,
    to,
    show: matters && status === undefined ? 'matters' : undefined,
  };
}

/** Returns the filters of the count: all but the status, which it counts by. */
export function countQueryOf({ kind, mine, worker, text: words, from, to }: RunFilter): CountQuery {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(mine ? { mine: 'true' as const } : {}),
    ...(worker === undefined ? {} : { worker }),
    ...(words.trim() === '' ? {} : { q: words.trim() }),
    ...(from === undefined ? {} : { created_from: startOf(from, 0) }),
    ...(to === undefined ? {} : { created_to: startOf(to, 1) }),
  };
}

export function listQueryOf(filter: RunFilter): ListQuery {
  const statuses = filter.status !== undefined ? [filter.status] : filter.matters ? MATTERS : [];
  return { ...countQueryOf(filter), ...(statuses.length > 0 ? { status: statuses.join(',') } : {}) };
}

export interface FilterChip {
  label: string;
  /** The filter without it. */
  without: RunFilter;
}

/** Returns what is filtered by beside the status, to be removed one by one. */
export function chipsOf(filter: RunFilter): FilterChip[] {
  const chips: FilterChip[] = [];
  const add = (isSet: boolean, label: string, change: Partial<RunFilter>) => {
    if (isSet) chips.push({ label, without: { ...filter, ...change } });
  };
  add(filter.text !== '', text.chip.text(filter.text), { text: '' });
  add(filter.kind !== undefined, text.chip.kind[filter.kind ?? 'run'], { kind: undefined });
  add(filter.mine, text.chip.mine, { mine: false });
  add(filter.worker !== undefined, text.chip.worker(filter.worker ?? ''), { worker: undefined });
  add(filter.from !== undefined, text.chip.from(filter.from ?? ''), { from: undefined });
  add(filter.to !== undefined, text.chip.to(filter.to ?? ''), { to: undefined });
  return chips;
}

export function isFiltered(filter: RunFilter): boolean {
  return filter.status !== undefined || filter.matters || chipsOf(filter).length > 0;
}

export const NO_FILTER: RunFilter = { mine: false, text: '', matters: false };

function dayOf(value: string | undefined): string | undefined {
  return value !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}

/** Returns when a day begins where the user is, `after` days later. */
function startOf(day: string, after: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + after).toISOString();
}

/**
 * Whether the list of this filter would have the run. Of a planner's run the workers are not known here, so with a
 * filter by worker it is left to the next reading of the list.
 */
export function matches(
  run: { status: RunStatus; kind: string; query: string; agent_type: string | null; created_at: string; by: string },
  filter: RunFilter,
  me: string | undefined,
): boolean {
  const { status, created_from: from, created_to: to } = listQueryOf(filter);
  const at = Date.parse(run.created_at);
  return (
    (status === undefined || status.split(',').includes(run.status)) &&
    (filter.kind === undefined || filter.kind === run.kind) &&
    (!filter.mine || run.by === me) &&
    run.query.toLowerCase().includes(filter.text.trim().toLowerCase()) &&
    (filter.worker === undefined ||
      (run.kind === 'sprint' ? TEAM.includes(filter.worker) : run.agent_type === filter.worker)) &&
    (from === undefined || at >= Date.parse(from)) &&
    (to === undefined || at < Date.parse(to))
  );
}

const TEAM = ['chef', 'backend', 'frontend', 'devops'];
