import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Day } from '../../platform/instant.ts';
import { spanOf } from '../span.ts';
import { listUsageByDay } from '../sql/usage.ts';

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
  const { from, to } = spanOf(query, 'UTC');
  return { status: 200, body: { from, to, items: await listUsageByDay(read, { from, to }) } };
});
