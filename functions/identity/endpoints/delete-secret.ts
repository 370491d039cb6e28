import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { SecretName } from '../secret.ts';
import { deleteSecret as deleteRow } from '../sql/secrets.ts';

const NAME = 'identity-delete-secret';

/** Deletes a secret of the tenant together with its data key. For admins. 404 when there is no such secret. */
export const deleteSecret = endpoint({
  name: NAME,
  route: 'DELETE /api/v1/tenant/secrets/{secret}',
  access: 'tenant:admin',
  summary: 'Deletes a secret of your tenant.',
  params: z.strictObject({ secret: SecretName }),
  reply: { 204: null },
}).handle(async ({ params: { secret: name }, transaction, address, requestId }) => {
  const found = await deleteRow(transaction, name);
  if (!found) throw new Problem('not-found', 'There is no such secret.');
  await transaction.query(insertAuditedChange({ action: NAME, resource: name, address, requestId, facts: {} }));
  return { status: 204 };
});
