import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { openAccounts } from '../open-accounts.ts';
import { openSession, Session } from '../session.ts';

/**
 * Returns a new access token and a new refresh token of the same sign-in. The old refresh token is used up: a client
 * stores the new one. 401 when the refresh token was revoked, was exchanged before, or its user signed out since.
 */
export const refreshToken = endpoint({
  name: 'identity-refresh-token',
  route: 'POST /api/v1/auth/refresh',
  access: 'public',
  summary: 'Exchanges a refresh token, once, for a new access token and the next refresh token.',
  body: z.strictObject({ refresh_token: z.string().min(1).max(4096) }),
  reply: { 200: Session },
}).serve(async ({ body, database, address, requestId }) => {
  const accounts = await openAccounts();
  const tokens = await accounts.refresh(body.refresh_token, { address, requestId });
  return { status: 200, body: await openSession(database, tokens) };
});
