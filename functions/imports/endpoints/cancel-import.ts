import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Import, ImportParams } from '../import.ts';
import { findImport, updateImportCancelled } from '../sql/import.ts';

/**
 * Cancels an import. What it has written stays, and the same files go on from there when they are imported again.
 * Answers 202, also when it was cancelled before; 409 when it has ended.
 */
export const cancelImport = endpoint({
  name: 'imports-cancel-import',
  route: 'POST /api/v1/imports/{id}/cancel',
  access: 'memory:write',
  summary: 'Cancels an import; what it has written stays.',
  params: ImportParams,
  reply: { 202: Import },
}).handle(async ({ params, transaction }) => {
  await updateImportCancelled(transaction, params.id);
  const found = await findImport(transaction, params.id);
  if (found === undefined) throw new Problem('not-found', 'There is no such import.');
  if (found.status !== 'cancelled') throw new Problem('conflict', `The import is ${found.status}.`);
  return { status: 202, body: found };
});
