import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { updateCurrentTenant } from '../sql/tenants.ts';
import { Tenant, TenantChange } from '../tenant.ts';

/** Changes the given settings of the caller's tenant. For admins. */
export const updateTenant = endpoint({
  name: 'identity-update-tenant',
  route: 'PATCH /api/v1/tenant',
  access: 'tenant:admin',
  summary: 'Changes settings of your tenant.',
  body: TenantChange,
  reply: { 200: Tenant },
}).handle(async ({ body, transaction }) => {
  const tenant = await updateCurrentTenant(transaction, body);
  if (tenant === undefined) throw new Problem('not-found', 'There is no such tenant.');
  return { status: 200, body: tenant };
});
