import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { hasEnded, RunParams } from '../run.ts';
import { deleteRun, findRunStatus, lockRun } from '../sql/run.ts';

/**
 * Deletes a run that has ended, with its nodes, log, messages and files. What was learned from it and what it cost stay: facts have their own
 * deletion, and a ledger has none. A run that has not ended is 409: cancel it first.
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
  const run = await findRunStatus(transaction, params.id);
  if (run === undefined) throw new Problem('not-found', 'There is no such run.');
  if (!hasEnded(run.status)) throw new Problem('conflict', 'The run has not ended; cancel it first.');
  await transaction.query(deleteRun(params.id));
  return { status: 204 };
});
