import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Consolidation } from '../consolidate/consolidation.ts';
import { settleConsolidation } from '../consolidate/settle.ts';
import { undoConsolidation } from '../consolidate/undo.ts';
import { Conflict, PROBLEM_JSON } from '../ingest/commit-staged.ts';

/**
 * Undoes a consolidation by one new commit, once; again answers the same. What was changed since stays; where it contradicts, the answer is 409 with both sides and
 * nothing is undone. What was undone is not proposed again. 404 for no such consolidation; 409 for one that committed nothing yet.
 */
export const undoConsolidationEndpoint = endpoint({
  name: 'entities-undo-consolidation',
  route: 'POST /api/v1/memory/consolidations/{id}/undo',
  access: 'memory:write',
  summary: 'Undoes a consolidation by a new commit.',
  params: z.strictObject({ id: idSchema('con') }),
  reply: { 200: Consolidation, 409: Conflict },
}).serve(async ({ params, database, identity }) => {
  const scoped = await enter(database, identity, 'memory:write');
  const settled = await settleConsolidation(scoped, params.id, undoConsolidation);
  if ('conflict' in settled) return { status: 409, body: settled.conflict, headers: PROBLEM_JSON };
  return { status: 200, body: settled.view };
});
