import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { commitStagedSteps } from '../consolidate/commit-operations.ts';
import { Consolidation, changeConsolidation } from '../consolidate/consolidation.ts';
import { Conflict } from '../ingest/commit-staged.ts';

/**
 * Commits a staged dry run. Idempotent. When the branch has moved, the plan is applied to the current branch; 409 with
 * both sides when it no longer applies, and nothing is committed. 404 for an unknown consolidation; 409 for one that is
 * not staged.
 */
export const commitConsolidation = endpoint({
  name: 'entities-commit-consolidation',
  route: 'POST /api/v1/memory/consolidations/{id}/commit',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Commits a staged consolidation.',
  params: z.strictObject({ id: idSchema('con') }),
  reply: { 200: Consolidation, 409: Conflict },
}).serve(async ({ params, database, identity }) => {
  const scoped = await enter(database, identity, 'memory:write');
  return changeConsolidation(scoped, params.id, commitStagedSteps);
});
