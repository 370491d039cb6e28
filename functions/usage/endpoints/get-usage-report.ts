import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Day } from '../../platform/instant.ts';
import { TimeZone } from '../../platform/time-zone.ts';
import { spanOf } from '../span.ts';
import {
  findDayBudget,
  findIsAdmin,
  findRunCounts,
  listStuckRuns,
  listUsageSums,
  type UsageSumRow,
} from '../sql/report.ts';

const MOST_STUCK = 20;

const Count = z.int().nonnegative();
const Money = z.string().meta({ description: 'US dollars, exact', examples: ['0.0012375'] });
const Sum = z.strictObject({
  calls: Count,
  input_tokens: Count,
  output_tokens: Count,
  cached_tokens: Count,
  estimated_calls: Count.meta({ description: 'Calls whose tokens the provider did not count, so they are estimated' }),
  cost_usd: Money,
});
const Seconds = z.number().nonnegative().nullable();

const Report = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  zone: z.string(),
  scope: z.enum(['mine', 'tenant']),
  total: Sum,
  by_day: z
    .array(Sum.extend({ day: z.iso.date() }))
    .meta({ description: 'Newest first; days without a call are left out' }),
  by_part: z
    .array(
      Sum.extend({
        day: z.iso.date(),
        part: z.string().nullable().meta({ description: 'A kind, provider/model or worker, by `split`' }),
      }),
    )
    .meta({ description: 'Each day split by `split`; empty without it' }),
  by_model: z
    .array(Sum.extend({ provider: z.string(), model: z.string() }))
    .meta({ description: 'Highest cost first' }),
  by_worker: z
    .array(Sum.extend({ worker: z.string().nullable() }))
    .meta({ description: 'Null: calls outside the nodes of a run, and those of deleted runs' }),
  by_kind: z.array(Sum.extend({ kind: z.string() })).meta({
    description: '`turn`, `attempt` (a failed try of a turn), `embedding`, `extraction` or `search`',
  }),
  runs: z
    .strictObject({
      total: Count,
      completed: Count,
      failed: Count,
      cancelled: Count,
      cost_exceeded: Count,
      active: Count,
      success_rate: z.number().min(0).max(1).nullable().meta({
        description: 'Completed of all that ended, cancelled ones aside; null when none ended',
      }),
      median_seconds: Seconds,
      p95_seconds: Seconds.meta({ description: 'Of completed runs, the time that they waited for a person included' }),
    })
    .meta({ description: 'Runs created in these days' }),
  stuck: z
    .array(z.strictObject({ id: z.string(), title: z.string(), created_at: z.string() }))
    .meta({ description: `At most ${MOST_STUCK} runs that nothing has moved on for 10 minutes, whenever they began` }),
  today: z
    .strictObject({
      day: z.iso.date(),
      ends_at: z.string(),
      budget_usd: Money.nullable().meta({ description: 'Null without a budget' }),
      spent_usd: Money,
      lost_usd: Money.meta({ description: 'The most that calls with an unknown outcome may have cost; it counts too' }),
      reserved_usd: Money.meta({ description: 'Set aside for calls under way' }),
    })
    .meta({ description: 'The budget of the tenant for the current day (UTC)' }),
});

/**
 * Returns what the caller used in the last 31 days, or in the days `from` to `to` of the `zone`, both included: sums by
 * day, model, worker and kind, runs by outcome, and the tenant's budget of the day. The sums are exact. With `split`,
 * also each day by kind, model or worker. `scope=tenant` covers all users of the tenant: 403 for anybody but an admin.
 * 422 when the span is longer than 92 days or ends before it begins.
 */
export const getUsageReport = endpoint({
  name: 'usage-get-usage-report',
  route: 'GET /api/v1/usage',
  access: 'account:read',
  summary: 'Returns usage by day, model, worker and kind, with runs and budget.',
  query: z.strictObject({
    from: Day.optional(),
    to: Day.optional(),
    zone: TimeZone.default('UTC'),
    scope: z.enum(['mine', 'tenant']).default('mine'),
    split: z.enum(['kind', 'model', 'worker']).optional(),
  }),
  reply: { 200: Report },
}).query(async ({ query, read }) => {
  const { zone, scope, split } = query;
  if (scope === 'tenant' && !(await findIsAdmin(read)))
    throw new Problem('forbidden', 'Only an admin can read the usage of the whole tenant.');
  const span = spanOf(query, zone);
  const covered = { ...span, zone, isTenant: scope === 'tenant' };
  const rows = await listUsageSums(read, { ...covered, split });
  const runs = await findRunCounts(read, covered);
  const stuck = await listStuckRuns(read, covered, MOST_STUCK);
  const today = await findDayBudget(read);
  const [total] = sumsBy(rows, 'total', () => ({}));
  if (runs === undefined || today === undefined || total === undefined) throw new Error('The tenant does not exist');
  return {
    status: 200,
    body: {
      ...span,
      zone,
      scope,
      total,
      by_day: sumsBy(rows, 'day', ({ day }) => ({ day: day ?? '' })),
      by_part: sumsBy(rows, 'split', ({ day, ...columns }) => ({ day: day ?? '', part: partOf(columns) })),
      by_model: sumsBy(rows, 'model', ({ provider, model }) => ({ provider: provider ?? '', model: model ?? '' })),
      by_worker: sumsBy(rows, 'worker', ({ worker }) => ({ worker })),
      by_kind: sumsBy(rows, 'kind', ({ kind }) => ({ kind: kind ?? '' })),
      runs,
      stuck,
      today,
    },
  };
});

/** Returns the name of a part of a day. Only the columns of the split are set. */
function partOf({ kind, provider, model, worker }: Pick<UsageSumRow, 'kind' | 'provider' | 'model' | 'worker'>) {
  return provider === null ? (kind ?? worker) : `${provider}/${model}`;
}

/** Returns the sums of one grouping, each with what names its group. */
function sumsBy<Name extends object>(
  rows: readonly UsageSumRow[],
  grouping: UsageSumRow['grouped_by'],
  nameOf: (row: UsageSumRow) => Name,
): (z.input<typeof Sum> & Name)[] {
  return rows
    .filter(({ grouped_by: by }) => by === grouping)
    .map((row) => {
      const { calls, input_tokens, output_tokens, cached_tokens, estimated_calls, cost_usd } = row;
      return { ...nameOf(row), calls, input_tokens, output_tokens, cached_tokens, estimated_calls, cost_usd };
    });
}
