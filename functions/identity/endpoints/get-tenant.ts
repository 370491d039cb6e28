import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { findCurrentTenant } from '../sql/tenants.ts';
import { Tenant } from '../tenant.ts';

/** Returns the caller's tenant with its settings. */
export const getTenant = endpoint({
  name: 'identity-get-tenant',
  route: 'GET /api/v1/tenant',
  access: 'tenant:read',
  summary: 'Returns your tenant and its settings.',
  reply: { 200: Tenant },
}).query(async ({ read }) => {
  const tenant = await findCurrentTenant(read);
  if (tenant === undefined) throw new Problem('not-found', 'There is no such tenant.');
  return { status: 200, body: tenant };
});
