import { z } from 'zod';
import { NEAR_SEARCH } from '../../memory/health/find-twins.ts';
import { HealthCounts, healthCounts, healthRule, StaleDays } from '../../memory/health/health.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { countStatementHealth, listNearOwnStatements } from '../sql/health.ts';

/** Counts the caller's own statements, and those that are stale, rarely used or duplicates of another one. */
export const getHealth = endpoint({
  name: 'village-get-health',
  route: 'GET /api/v1/village/health',
  access: 'village:read',
  summary: 'Counts your statements that are stale, rarely used or said twice.',
  query: z.strictObject({ days: StaleDays }),
  reply: { 200: HealthCounts },
}).query(async ({ query, read }) => {
  const counts = await countStatementHealth(read, healthRule(query.days));
  return { status: 200, body: await healthCounts(counts, await listNearOwnStatements(read, NEAR_SEARCH)) };
});
