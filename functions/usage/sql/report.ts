import type { Queryable } from '../../platform/database/database.ts';
import { environment } from '../../platform/environment.ts';

/** What a report covers. `isTenant`: all users of the tenant instead of the current one. */
export interface ReportScope {
  from: string;
  to: string;
  zone: string;
  isTenant: boolean;
}

/** The columns by which each day can be split. */
const SPLITS = { kind: 'kind', model: 'provider, model', worker: 'worker' } as const;
export type Split = keyof typeof SPLITS;

export interface UsageSumRow {
  /** The columns that the row is a group of; `split` for a part of a day, `total` for the sum of all. */
  grouped_by: 'day' | 'split' | 'model' | 'worker' | 'kind' | 'total';
  day: string | null;
  provider: string | null;
  model: string | null;
  worker: string | null;
  kind: string | null;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  estimated_calls: number;
  cost_usd: string;
}

/** `row` is a row of a table with a time of creation; $1 to $4 are the scope. */
const inScope = (row: string) => `${row}.tenant_id = current_tenant_id() and ($4 or ${row}.user_id = current_user_id())
  and ${row}.created_at >= $1::date::timestamp at time zone $3 and ${row}.created_at < ($2::date + 1)::timestamp at time zone $3`;
const valuesOf = ({ from, to, zone, isTenant }: ReportScope) => [from, to, zone, isTenant];

/**
 * Returns the sums of the ledger by day of the zone (newest first), by model, worker and kind (highest cost first), and
 * in total, from one read of the ledger; with a `split` also by day and its columns. The worker is null for calls
 * outside a node, and for those of deleted runs.
 */
export async function listUsageSums(
  queryable: Queryable,
  scope: ReportScope & { split?: Split | undefined },
): Promise<UsageSumRow[]> {
  const { split } = scope;
  const isPart = split === undefined ? 'false' : `grouping(day) + grouping(${split}) = 0`;
  return queryable.query<UsageSumRow>({
    name: `list_usage_sums${split === undefined ? '' : `_split_by_${split}`}`,
    text: `with lines as (
        select to_char(u.created_at at time zone $3, 'YYYY-MM-DD') as day, u.provider, u.model, n.worker, u.kind,
          u.input_tokens, u.output_tokens, u.cached_tokens, u.estimated, u.cost
        from usage_ledger u left join run_nodes n on n.tenant_id = u.tenant_id and n.id = u.node_id where ${inScope('u')}
      )
      select case when ${isPart} then 'split' when grouping(day) = 0 then 'day' when grouping(model) = 0 then 'model' when grouping(worker) = 0 then 'worker'
          when grouping(kind) = 0 then 'kind' else 'total' end as grouped_by,
        day, provider, model, worker, kind, count(*)::bigint as calls, coalesce(sum(input_tokens), 0)::bigint as input_tokens,
        coalesce(sum(output_tokens), 0)::bigint as output_tokens, coalesce(sum(cached_tokens), 0)::bigint as cached_tokens,
        (count(*) filter (where estimated))::bigint as estimated_calls, trim_scale(coalesce(sum(cost), 0))::text as cost_usd
      from lines group by grouping sets (${split === undefined ? '' : `(day, ${SPLITS[split]}), `}(day), (provider, model), (worker), (kind), ())
      order by day desc, sum(cost) desc, calls desc, provider, model, worker, kind`,
    values: valuesOf(scope),
  });
}

export interface RunCountsRow {
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  cost_exceeded: number;
  active: number;
  success_rate: number | null;
  median_seconds: number | null;
  p95_seconds: number | null;
}

/** Counts the runs that were created in the span by outcome. Durations are those of completed runs. */
export async function findRunCounts(queryable: Queryable, scope: ReportScope): Promise<RunCountsRow | undefined> {
  const seconds = 'extract(epoch from s.completed_at - coalesce(s.started_at, s.created_at))';
  const [row] = await queryable.query<RunCountsRow>({
    name: 'find_run_counts',
    text: `select c.*, round(c.completed::numeric / nullif(c.completed + c.failed + c.cost_exceeded, 0), 4)::float8 as success_rate
      from (
        select count(*)::integer as total, count(*) filter (where s.status = 'completed')::integer as completed,
          count(*) filter (where s.status = 'failed')::integer as failed, count(*) filter (where s.status = 'cancelled')::integer as cancelled,
          count(*) filter (where s.status = 'cost_exceeded')::integer as cost_exceeded,
          count(*) filter (where s.status in ('queued', 'running', 'waiting_input'))::integer as active,
          round((percentile_cont(0.5) within group (order by ${seconds}) filter (where s.status = 'completed'))::numeric, 3)::float8 as median_seconds,
          round((percentile_cont(0.95) within group (order by ${seconds}) filter (where s.status = 'completed'))::numeric, 3)::float8 as p95_seconds
        from sessions s where ${inScope('s')}
      ) c`,
    values: valuesOf(scope),
  });
  return row;
}

export interface StuckRunRow {
  id: string;
  title: string;
  created_at: string;
}

/**
 * Lists runs, oldest first, that have not ended, wait for no person and no slot, and of which no node was claimed,
 * rung, asleep or ended in the last 10 minutes. The sweeper rings a lost task within minutes, so such a run needs a
 * person.
 */
export async function listStuckRuns(
  queryable: Queryable,
  { isTenant }: Pick<ReportScope, 'isTenant'>,
  limit: number,
): Promise<StuckRunRow[]> {
  return queryable.query<StuckRunRow>({
    name: 'list_stuck_runs_of_caller',
    text: `select s.id, left(s.query, 200) as title, s.created_at from sessions s
      where s.tenant_id = current_tenant_id() and ($1 or s.user_id = current_user_id()) and s.status in ('queued', 'running')
        and s.created_at < now() - interval '10 minutes' and s.admitted_at is not null and not s.waits_for_slot
        and not exists (select from run_nodes n where n.run_id = s.id and (n.status = 'waiting_input'
          or greatest(n.lease_until, n.wake_at, n.rung_at, n.started_at, n.completed_at) > now() - interval '10 minutes'))
      order by s.created_at, s.id limit $2`,
    values: [isTenant, limit],
  });
}

export interface DayBudgetRow {
  day: string;
  ends_at: string;
  budget_usd: string | null;
  spent_usd: string;
  lost_usd: string;
  reserved_usd: string;
}

/** Returns the tenant's budget of the current day (UTC) with what is used of it, as a reservation counts it. */
export async function findDayBudget(queryable: Queryable): Promise<DayBudgetRow | undefined> {
  const [row] = await queryable.query<DayBudgetRow>({
    name: 'find_day_budget',
    text: `select to_char(day_started_at() at time zone 'UTC', 'YYYY-MM-DD') as day, day_started_at() + interval '1 day' as ends_at,
        trim_scale(least(t.budget_usd_per_day, $1::numeric))::text as budget_usd,
        (select trim_scale(coalesce(sum(d.cost), 0))::text from usage_days d
          where d.tenant_id = t.id and d.day = (now() at time zone 'UTC')::date) as spent_usd,
        trim_scale(r.lost)::text as lost_usd, trim_scale(r.reserved)::text as reserved_usd
      from tenants t cross join lateral (
        select coalesce(sum(c.amount) filter (where c.written_off_at >= day_started_at()), 0) as lost,
          coalesce(sum(c.amount) filter (where c.written_off_at is null), 0) as reserved
        from call_reservations c where c.tenant_id = t.id) r
      where t.id = current_tenant_id()`,
    values: [environment.MAX_BUDGET_USD_PER_DAY],
  });
  return row;
}

/** Tells whether the current user is an admin of the tenant. */
export async function findIsAdmin(queryable: Queryable): Promise<boolean> {
  const [row] = await queryable.query<{ is_admin: boolean }>({
    name: 'find_is_admin',
    text: `select role = 'admin' as is_admin from users where tenant_id = current_tenant_id() and id = current_user_id()`,
  });
  return row?.is_admin ?? false;
}
