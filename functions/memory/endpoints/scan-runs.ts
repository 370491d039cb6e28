import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { scanRuns as scanRunsOf } from '../preferences/scan-runs.ts';

/**
 * Reads what the caller wrote in their ended runs, each run once, and stages the preferences in it. The timer
 * `memory-scan-preferences` does the same every 10 minutes.
 */
export const scanRuns = endpoint({
  name: 'memory-scan-runs',
  route: 'POST /api/v1/remme/scan',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Looks for preferences in your ended runs.',
  reply: { 200: z.strictObject({ scanned_runs: z.int(), staged: z.int() }) },
}).serve(async ({ database, identity }) => {
  const { caller: _, ...scoped } = await enter(database, identity, 'memory:write');
  return { status: 200, body: await scanRunsOf(scoped) };
});
