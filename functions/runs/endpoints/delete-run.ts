import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { removeDeletedBlobs } from '../../tools/remove-blob.ts';
import { requireRun } from '../find-run.ts';
import { hasEnded, RunParams } from '../run.ts';
import { deleteRun, listBlobsOfRun } from '../sql/deleted-run.ts';
import { lockRun } from '../sql/run.ts';

/**
 * Deletes a run that has ended, with its nodes, log, messages, files and the
 * contents that no other run has. What was learned from the run and its entries
 * in the usage ledger are kept. Answers 409 for a run that has not ended.
 *
 * The files of an embedded database keep the bytes of the deleted rows until the next erasure purges them: a purge
 * stops all other statements for 0.5 to 5 s (`platform/database/purge.ts`), which deleting run after run cannot afford.
 */
export const deleteRunEndpoint = endpoint({
  name: 'runs-delete-run',
  route: 'DELETE /api/v1/runs/{id}',
  access: 'runs:write',
  summary:
    'Deletes a run that has ended, with its log and files; files of an embedded database keep its bytes until the next erasure.',
  params: RunParams,
  reply: { 204: null },
}).handle(async ({ params, transaction, caller }) => {
  await transaction.query(lockRun(params.id));
  const { status } = await requireRun(transaction, params.id);
  if (!hasEnded(status)) throw new Problem('conflict', `The run is ${status}; cancel it before you delete it.`);
  const blobs = await listBlobsOfRun(transaction, params.id);
  await transaction.query(deleteRun(params.id));
  transaction.afterCommit(() => removeDeletedBlobs(caller.tenantId, blobs));
  return { status: 204 };
});
