import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { NEAR_SEARCH } from '../health/find-twins.ts';
import { HealthCounts, healthCounts, healthRule, StaleDays } from '../health/health.ts';
import { countHealth, listNearMemories } from '../sql/memory-health.ts';

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
  reply: { 200: HealthCounts },
}).query(async ({ query, read }) => {
  const counts = await countHealth(read, healthRule(query.days));
  return { status: 200, body: await healthCounts(counts, await listNearMemories(read, NEAR_SEARCH)) };
});
