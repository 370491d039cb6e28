import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { clearedCookie, consoleReply, isFromConsole, refreshTokenInCookie } from '../console-session.ts';
import { openAccounts } from '../open-accounts.ts';
import { openSession, Session } from '../session.ts';

/**
 * Returns a new access token and a new refresh token of the same sign-in. The old refresh token is used up: a client
 * stores the new one. 401 when the refresh token was revoked, was exchanged before, or its user signed out since.
 *
 * The web console sends no `refresh_token`: it is in the cookie, which is read only for requests of the console's own
 * pages (403 otherwise). The answer sets the next cookie, and a 401 clears it. Without a cookie it is 204: the console
 * asks at each start, and a browser would report a 401 as an error of the page.
 */
export const refreshToken = endpoint({
  name: 'identity-refresh-token',
  route: 'POST /api/v1/auth/refresh',
  access: 'public',
  summary: 'Exchanges a refresh token, once, for a new access token and the next refresh token.',
  body: z.strictObject({
    refresh_token: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .meta({ description: 'Required, except for the web console, whose refresh token is in a cookie' }),
  }),
  mayBeEmpty: true,
  reply: { 200: Session, 204: null },
}).serve(async ({ body, database, request, address, requestId }) => {
  const inBody = body.refresh_token;
  const exchange = async (token: string) => {
    const tokens = await (await openAccounts()).refresh(token, { address, requestId });
    return openSession(database, tokens);
  };
  if (inBody !== undefined) return { status: 200, body: await exchange(inBody) };
  if (!isFromConsole(request)) throw tokenMissing();
  const inCookie = refreshTokenInCookie(request);
  if (inCookie === undefined) return { status: 204, headers: clearedCookie(request) };
  const session = await exchange(inCookie).catch((error: unknown) => {
    throw clearing(error, request);
  });
  return consoleReply(request, 200, session);
});

function tokenMissing(): Problem {
  const message = 'is required';
  return new Problem('invalid-request', `body.refresh_token: ${message}`, {
    errors: [{ path: 'body.refresh_token', message }],
  });
}

/** Returns a 401 that clears the cookie. Another error keeps it: the token may be valid. */
function clearing(error: unknown, request: IncomingMessage): unknown {
  if (!(error instanceof Problem) || error.kind !== 'unauthenticated') return error;
  return new Problem(error.kind, error.message, { ...error.options, headers: clearedCookie(request) });
}
