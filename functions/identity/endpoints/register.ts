import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { consoleReply, isFromConsole } from '../console-session.ts';
import { openAccounts } from '../open-accounts.ts';
import { DisplayName } from '../profile.ts';
import { Email, NewPassword, openSession, Session } from '../session.ts';
import { TenantName } from '../tenant.ts';

/**
 * Registers a user: creates an account at the identity provider, then a tenant with the user as its first admin. 409
 * when the address has an account. When the request fails after the first part, the next login creates the tenant.
 */
export const register = endpoint({
  name: 'identity-register',
  route: 'POST /api/v1/auth/register',
  access: 'public',
  summary: 'Creates an account and a tenant, and signs in.',
  body: z.strictObject({
    email: Email,
    password: NewPassword,
    display_name: DisplayName,
    tenant_name: TenantName.optional(),
  }),
  reply: { 201: Session },
}).serve(async ({ body, database, request }) => {
  const fromConsole = isFromConsole(request);
  const accounts = await openAccounts();
  const { email, password, display_name: displayName, tenant_name: tenantName } = body;
  const tokens = await accounts.signUp({ email, password, displayName });
  const session = await openSession(database, tokens, { displayName, tenantName });
  return fromConsole ? consoleReply(request, 201, session) : { status: 201, body: session };
});
