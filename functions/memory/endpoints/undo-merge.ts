import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { Memory } from '../memory.ts';
import { findMemory } from '../sql/memory.ts';
import { updateMergeUndone } from '../sql/memory-health.ts';

/**
 * Takes back the merge of a fact, named by the discarded one: it holds again, and the kept fact loses the sources and
 * the confidence that it gained. Answers 404 for a fact that the caller did not merge.
 */
export const undoMerge = endpoint({
  name: 'memory-undo-merge',
  route: 'DELETE /api/v1/memory/health/merges/{merged}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Takes back the merge of a fact.',
  params: z.strictObject({ merged: idSchema('mem').meta({ description: 'The discarded fact' }) }),
  reply: { 200: Memory },
}).handle(async ({ params, transaction }) => {
  const isUndone = await updateMergeUndone(transaction, params.merged);
  const fact = isUndone ? await findMemory(transaction, params.merged) : undefined;
  if (fact === undefined) throw new Problem('not-found', 'You merged no such fact.');
  return { status: 200, body: fact };
});
