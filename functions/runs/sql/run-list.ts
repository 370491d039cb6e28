import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { RunKind, RunStatus } from '../run.ts';
import type { RunSummary } from '../run-view.ts';
import { RUN_SUMMARY_COLUMNS } from './run-view.ts';

export type RunSummaryRow = z.input<typeof RunSummary>;

export interface RunFilter {
  /** Undefined: runs and sprints. */
  kind?: RunKind | undefined;
  /** A part of the query or task; case is ignored. */
  text?: string | undefined;
  worker?: string | undefined;
  userId?: string | undefined;
  isMine: boolean;
  createdFrom?: string | undefined;
  /** Runs that were created before this time. */
  createdTo?: string | undefined;
}

const MATCHES = `s.tenant_id = current_tenant_id() and (s.kind = $1 or $1::text is null and s.kind in ('run', 'sprint'))
  and ($2::text is null or strpos(lower(s.query), lower($2)) > 0)
  and ($3::text is null or s.agent_type = $3 or $3 = any (s.team)
    or exists (select from run_nodes n where n.run_id = s.id and n.worker = $3))
  and ($4::text is null or s.user_id = $4) and (not $5::boolean or s.user_id = current_user_id())
  and ($6::timestamptz is null or s.created_at >= $6) and ($7::timestamptz is null or s.created_at < $7)`;
const valuesOf = ({ kind, text, worker, userId, isMine, createdFrom, createdTo }: RunFilter) => [
  kind,
  text,
  worker,
  userId,
  isMine,
  createdFrom,
  createdTo,
];

/** Lists a page of the tenant's runs that match, newest first. */
export async function listRuns(
  queryable: Queryable,
  filter: RunFilter,
  page: {
    limit: number;
    /** The last run of the page before. */
    before: { created_at: string; id: string } | undefined;
    statuses: readonly RunStatus[] | undefined;
  },
): Promise<RunSummaryRow[]> {
  return queryable.query<RunSummaryRow>({
    name: 'list_runs',
    text: `select ${RUN_SUMMARY_COLUMNS} from sessions s
      where ${MATCHES} and ($8::text[] is null or s.status = any ($8))
        and ($9::timestamptz is null or (s.created_at, s.id) < ($9, $10))
      order by s.created_at desc, s.id desc limit $11`,
    values: [...valuesOf(filter), page.statuses, page.before?.created_at, page.before?.id, page.limit],
  });
}

/** Counts the tenant's runs that match, by status. A status without runs is absent. */
export async function countRuns(
  queryable: Queryable,
  filter: RunFilter,
): Promise<{ status: RunStatus; runs: number }[]> {
  return queryable.query<{ status: RunStatus; runs: number }>({
    name: 'count_runs',
    text: `select s.status, count(*)::integer as runs from sessions s where ${MATCHES} group by s.status`,
    values: valuesOf(filter),
  });
}

/** What a reader has seen: a snapshot of PostgreSQL, and its time. */
export interface Watermark {
  at: string;
  snapshot: string;
}

/** Returns the watermark of now. Read it before the changes, so that what commits in between is in the next ones. */
export async function findWatermark(queryable: Queryable): Promise<Watermark> {
  const [row] = await queryable.query<Watermark>({
    name: 'find_watermark',
    text: 'select now() as at, pg_current_snapshot()::text as snapshot',
  });
  if (row === undefined) throw new Error('The query find_watermark returned no row');
  return row;
}

/** The full id of the transaction that wrote a row version. A row has only its last 32 bits. */
const xidOf = (row: string) => `(m.next - ((m.next - ${row}.xmin::text::bigint) & 4294967295))`;
const isUnseen = (row: string) => `not pg_visible_in_snapshot(${xidOf(row)}::text::xid8, m.seen)`;
/**
 * Whether the row `s` was written by a transaction that is not older than the oldest one under way at the watermark,
 * however late it commits. A snapshot of a later time than now is from another server, so everything counts as changed.
 */
export const IS_RECENT = `(${xidOf('s')} >= pg_snapshot_xmin(m.seen)::text::bigint
  or pg_snapshot_xmax(m.seen)::text::bigint > m.next)`;
/** The tenant's runs that have changed since the watermark: each event of a run updates its row. */
const CHANGED = `from sessions s cross join (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next,
    $2::pg_snapshot as seen) m
  where s.tenant_id = current_tenant_id() and s.kind in ('run', 'sprint')
    and (s.status in ('queued', 'running', 'waiting_input') or s.completed_at > $1::timestamptz - interval '1 hour')
    and ${IS_RECENT}`;

/** Lists runs that have changed since a watermark, newest first. */
export async function listChangedRuns(queryable: Queryable, since: Watermark, limit: number): Promise<RunSummaryRow[]> {
  return queryable.query<RunSummaryRow>({
    name: 'list_changed_runs',
    text: `select ${RUN_SUMMARY_COLUMNS} ${CHANGED} order by s.created_at desc, s.id desc limit $3`,
    values: [since.at, since.snapshot, limit],
  });
}

export interface ChangeCounts {
  started: number;
  waiting_input: number;
  completed: number;
  failed: number;
  cancelled: number;
}

/** Counts the runs that started, ended, or began to wait for a person since a watermark, each once. */
export async function countChanges(queryable: Queryable, since: Watermark): Promise<ChangeCounts> {
  const [row] = await queryable.query<ChangeCounts>({
    name: 'count_changes',
    text: `select count(*) filter (where is_started)::integer as started,
        count(*) filter (where is_waiting)::integer as waiting_input,
        count(*) filter (where is_ended and status = 'completed')::integer as completed,
        count(*) filter (where is_ended and status in ('failed', 'cost_exceeded'))::integer as failed,
        count(*) filter (where is_ended and status = 'cancelled')::integer as cancelled
      from (select s.status,
          exists (select from run_events e where e.tenant_id = s.tenant_id and e.run_id = s.id and e.seq = 1
            and ${isUnseen('e')}) as is_started,
          s.completed_at is not null and exists (select from run_events e where e.tenant_id = s.tenant_id
            and e.run_id = s.id and e.seq = s.event_seq and ${isUnseen('e')}) as is_ended,
          s.status = 'waiting_input' and exists (select from run_questions q where q.tenant_id = s.tenant_id
            and q.run_id = s.id and q.status = 'open' and ${isUnseen('q')}) as is_waiting
        ${CHANGED}) c`,
    values: [since.at, since.snapshot],
  });
  if (row === undefined) throw new Error('The aggregate query count_changes returned no row');
  return row;
}
