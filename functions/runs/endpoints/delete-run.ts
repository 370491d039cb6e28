import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { requireRun } from '../find-run.ts';
import { hasEnded, RunParams } from '../run.ts';
import { deleteRun, lockRun } from '../sql/run.ts';

/**
 * Deletes a run that has ended, with its nodes, log, messages and files. What was learned from the run and its entries
 * in the usage ledger are kept. Answers 409 for a run that has not ended.
 */
export const deleteRunEndpoint = endpoint({
  name: 'runs-delete-run',
  route: 'DELETE /api/v1/runs/{id}',
  access: 'runs:write',
  summary: 'Deletes a run that has ended, with its log and files.',
  params: RunParams,
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  await transaction.query(lockRun(params.id));
  const { status } = await requireRun(transaction, params.id);
  if (!hasEnded(status)) throw new Problem('conflict', `The run is ${status}; cancel it before you delete it.`);
  await transaction.query(deleteRun(params.id));
  return { status: 204 };
});
