import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Consolidation, changeConsolidation } from '../consolidate/consolidation.ts';
import { undoConsolidation } from '../consolidate/undo.ts';
import { Conflict } from '../ingest/commit-staged.ts';

/**
 * Undoes a consolidation with a new commit. Idempotent. Later changes are kept; 409 with both sides when they
 * contradict, and nothing is undone. What was undone is not proposed again. 404 for an unknown consolidation; 409 for
 * one that has committed nothing yet.
 */
export const undoConsolidationEndpoint = endpoint({
  name: 'entities-undo-consolidation',
  route: 'POST /api/v1/memory/consolidations/{id}/undo',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Undoes a consolidation with a new commit.',
  params: z.strictObject({ id: idSchema('con') }),
  reply: { 200: Consolidation, 409: Conflict },
}).serve(async ({ params, database, identity }) => {
  const scoped = await enter(database, identity, 'memory:write');
  return changeConsolidation(scoped, params.id, undoConsolidation);
});
