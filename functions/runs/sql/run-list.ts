import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { RunStatus } from '../run.ts';
import type { RunSummary } from '../run-view.ts';
import { RUN_SUMMARY_COLUMNS } from './run-view.ts';

export type RunSummaryRow = z.input<typeof RunSummary>;

export interface RunFilter {
  kind?: 'run' | 'sprint' | undefined;
  /** A part of the query or task; case is ignored. */
  text?: string | undefined;
  worker?: string | undefined;
  userId?: string | undefined;
  isMine: boolean;
  createdFrom?: string | undefined;
  /** Runs that were created before this time. */
  createdTo?: string | undefined;
}

const MATCHES = `s.tenant_id = current_tenant_id() and ($1::text is null or s.kind = $1)
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
