import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { openAccounts } from '../open-accounts.ts';
import { openSession, Session } from '../session.ts';

/**
 * Returns a new access token of the same sign-in. 401 when the refresh token was revoked or its user signed out since.
 */
export const refreshToken = endpoint({
  name: 'identity-refresh-token',
  route: 'POST /api/v1/auth/refresh',
  access: 'public',
  summary: 'Exchanges a refresh token for a new access token.',
  body: z.strictObject({ refresh_token: z.string().min(1).max(4096) }),
  reply: { 200: Session },
}).serve(async ({ body, database }) => {
  const accounts = await openAccounts();
  return { status: 200, body: await openSession(database, await accounts.refresh(body.refresh_token)) };
});
