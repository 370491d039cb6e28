import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { scanRuns as scan } from '../preferences/scan.ts';

/** Reads the caller's own words in runs of his that ended, each once, and stages the preferences in them. A timer does the same by itself. */
export const scanRuns = endpoint({
  name: 'memory-scan-runs',
  route: 'POST /api/v1/remme/scan',
  access: 'memory:write',
  summary: 'Looks for preferences in your runs that ended.',
  reply: { 200: z.strictObject({ scanned_runs: z.int(), staged: z.int() }) },
}).serve(async ({ database, identity }) => {
  const { caller: _, ...person } = await enter(database, identity, 'memory:write');
  return { status: 200, body: await scan(person) };
});
