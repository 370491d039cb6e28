import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { openAccounts } from '../accounts.ts';
import { DisplayName } from '../profile.ts';
import { Email, NewPassword, openSession, Session } from '../session.ts';
import { TenantName } from '../tenant.ts';

/**
 * Signs a person up: an account with the identity provider, then a tenant of which he is the first admin. An address that has an account is 409. Cut
 * off in between, the next login makes the tenant.
 */
export const register = endpoint({
  name: 'identity-register',
  route: 'POST /api/v1/auth/register',
  access: 'public',
  summary: 'Makes an account and its tenant, and signs in.',
  body: z.strictObject({
    email: Email,
    password: NewPassword,
    display_name: DisplayName,
    tenant_name: TenantName.optional(),
  }),
  reply: { 201: Session },
}).serve(async ({ body, database }) => {
  const accounts = await openAccounts();
  const { email, password, display_name: displayName, tenant_name: tenantName } = body;
  const tokens = await accounts.signUp({ email, password, displayName });
  return { status: 201, body: await openSession(database, tokens, { displayName, tenantName }) };
});
