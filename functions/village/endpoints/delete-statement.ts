import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { deleteStatement as deleteStatementRow } from '../sql/statement.ts';
import { StatementId } from '../statement.ts';

/**
 * Deletes a statement of the caller with its vector, and its thread when it was the last one in it. Answers 403 for a
 * statement of another user that the caller sees, 404 for one that they do not see.
 */
export const deleteStatement = endpoint({
  name: 'village-delete-statement',
  route: 'DELETE /api/v1/village/knowledge/{id}',
  access: 'village:write',
  summary: 'Deletes a statement of yours.',
  params: z.strictObject({ id: StatementId }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  const outcome = await deleteStatementRow(transaction, params.id);
  if (outcome === 'missing') throw new Problem('not-found', 'There is no such statement.');
  if (outcome === 'forbidden') throw new Problem('forbidden', 'Only its user can delete this statement.');
  return { status: 204 };
});
