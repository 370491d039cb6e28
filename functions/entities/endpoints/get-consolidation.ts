import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { Consolidation, consolidationView } from '../consolidate/consolidation.ts';
import { findConsolidation } from '../sql/memory-consolidation.ts';

/**
 * Shows the state of a consolidation and what each tool did or plans to do, with reasons and the diff by block. 404 for
 * other users.
 */
export const getConsolidation = endpoint({
  name: 'entities-get-consolidation',
  route: 'GET /api/v1/memory/consolidations/{id}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows what a consolidation changes in your entity files, by block.',
  params: z.strictObject({ id: idSchema('con') }),
  reply: { 200: Consolidation },
}).query(async ({ params, read }) => {
  const row = await findConsolidation(read, { id: params.id });
  if (row === undefined) throw new Problem('not-found', 'The consolidation does not exist.');
  return { status: 200, body: await consolidationView(read, row) };
});
