import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Day } from '../../platform/instant.ts';
import { listUsageByDay } from '../sql/usage.ts';

/** Maximum number of days in one answer. */
const MOST_DAYS = 92;
const MILLISECONDS_A_DAY = 86_400_000;

const Count = z.int().nonnegative();
const UsageOfDay = z.strictObject({
  day: z.iso.date().meta({ description: 'UTC' }),
  kind: z.string().meta({
    description: 'What was paid for: turn, attempt (a failed try of a turn), embedding, extraction or search',
  }),
  provider: z.string(),
  model: z.string(),
  calls: Count,
  input_tokens: Count,
  output_tokens: Count,
  cached_tokens: Count,
  estimated_calls: Count.meta({ description: 'Calls whose tokens the provider did not count, so they are estimated' }),
  cost_usd: z.string().meta({ description: 'US dollars, exact', examples: ['0.0012375'] }),
});

/**
 * Returns what the caller used, by day (UTC), kind of call and model, newest day first. Covers the last 31 days, or the
 * days `from` to `to`, both included. The sums are exact: each ledger line updates them. 422 when the span is longer
 * than 92 days or ends before it begins.
 */
export const getUsage = endpoint({
  name: 'usage-get-usage',
  route: 'GET /api/v1/user/usage',
  access: 'account:read',
  summary: 'Returns your usage: calls, tokens and cost by day, kind and model.',
  query: z.strictObject({ from: Day.optional(), to: Day.optional() }),
  reply: { 200: z.strictObject({ from: z.iso.date(), to: z.iso.date(), items: z.array(UsageOfDay) }) },
}).query(async ({ query, read }) => {
  const to = query.to ?? dayOf(Date.now());
  const from = query.from ?? dayOf(Math.max(Date.parse('0001-01-01'), Date.parse(to) - 30 * MILLISECONDS_A_DAY));
  const days = (Date.parse(to) - Date.parse(from)) / MILLISECONDS_A_DAY + 1;
  if (days < 1 || days > MOST_DAYS)
    throw new Problem('invalid-request', `The span from ${from} to ${to} must have 1 to ${MOST_DAYS} days.`);
  return { status: 200, body: { from, to, items: await listUsageByDay(read, { from, to }) } };
});

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
