import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { healthRule, MOST_COMPARED, StaleDays, TWIN_SIMILARITY } from '../health/health.ts';
import { countHealth, listTwinMemories } from '../sql/memory-health.ts';

/** More pairs are counted up to here. */
const MOST_TWINS = 1000;

/**
 * Counts the caller's own facts that are true now, and those that are stale, rarely used or duplicates of another one.
 * Duplicates are pairs among the 1,000 newest facts.
 */
export const getHealth = endpoint({
  name: 'memory-get-health',
  route: 'GET /api/v1/memory/health',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Counts your facts that are stale, rarely used or said twice.',
  query: z.strictObject({ days: StaleDays }),
  reply: {
    200: z.strictObject({
      facts: z.int().min(0),
      stale: z.int().min(0),
      rarely_used: z.int().min(0),
      duplicates: z.int().min(0).max(MOST_TWINS).meta({ description: 'Pairs of facts' }),
      compared: z.int().min(0).max(MOST_COMPARED).meta({ description: 'How many facts were compared for duplicates' }),
    }),
  },
}).query(async ({ query, read }) => {
  const counts = await countHealth(read, healthRule(query.days));
  const search = { threshold: TWIN_SIMILARITY, mostCompared: MOST_COMPARED, limit: MOST_TWINS };
  const { length: duplicates } = await listTwinMemories(read, search);
  return { status: 200, body: { ...counts, duplicates, compared: Math.min(counts.facts, MOST_COMPARED) } };
});
