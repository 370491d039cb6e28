import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { updateDeleted } from '../sql/upload.ts';
import { prefixOf } from '../upload.ts';
import { UploadParams } from '../upload-view.ts';

/** Deletes an upload with its content and its text. What already used it, such as an answer, stays. */
export const deleteUpload = endpoint({
  name: 'documents-delete-upload',
  route: 'DELETE /api/v1/uploads/{id}',
  access: 'documents:write',
  summary: 'Deletes one of your uploads.',
  params: UploadParams,
  reply: { 204: null },
}).handle(async ({ params: { id }, transaction, caller: { tenantId } }) => {
  if (!(await updateDeleted(transaction, id))) throw new Problem('not-found', 'There is no such upload.');
  transaction.afterCommit(() =>
    openObjects()
      .then((objects) => objects.removePrefix(prefixOf({ tenant_id: tenantId, id })))
      .catch((error: unknown) => log('error', 'upload not removed, left to the sweep', { upload_id: id, error })),
  );
  return { status: 204 };
});
