import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { updateStatementMergeUndone } from '../sql/health.ts';
import { listStatementsByIds } from '../sql/statement.ts';
import { Statement, StatementId } from '../statement.ts';

/** Takes back the merge of a statement of the caller, named by the discarded one. Answers 404 when there is none. */
export const undoMerge = endpoint({
  name: 'village-undo-merge',
  route: 'DELETE /api/v1/village/health/merges/{merged}',
  access: 'village:write',
  summary: 'Takes back the merge of a statement.',
  params: z.strictObject({ merged: StatementId.meta({ description: 'The discarded statement' }) }),
  reply: { 200: Statement },
}).handle(async ({ params, transaction }) => {
  const isUndone = await updateStatementMergeUndone(transaction, params.merged);
  const [statement] = isUndone ? await listStatementsByIds(transaction, [params.merged]) : [];
  if (statement === undefined) throw new Problem('not-found', 'You merged no such statement.');
  return { status: 200, body: statement };
});
