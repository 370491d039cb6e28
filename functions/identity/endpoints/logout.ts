import { setTimeout as sleep } from 'node:timers/promises';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { clearedCookie, isFromConsole } from '../console-session.ts';
import { openAccounts } from '../open-accounts.ts';
import { endSignInsOfCurrentUser } from '../sql/users.ts';

const ACCESS = 'account:write';
/** Allowed lag of the identity provider's clock behind the database's clock. */
const CLOCK_DIFFERENCE_MS = 50;

/**
 * Signs the user out everywhere. The first statement invalidates all tokens of earlier sign-ins. The answer is 204 even
 * when the identity provider cannot be reached: access tokens from a refresh token that still exists there are
 * rejected.
 *
 * Answers 403 for an API key: a program that holds a key must not end the sessions of its owner.
 *
 * Waits for at most one second before it answers, until new sign-ins have a later `auth_time`. So a login directly
 * after the answer works.
 *
 * For the web console the answer clears the cookie of its session.
 */
export const logout = endpoint({
  name: 'identity-logout',
  route: 'POST /api/v1/auth/logout',
  access: ACCESS,
  summary: 'Signs you out everywhere, at once.',
  reply: { 204: null },
  // The token is not valid for a second request, which would change nothing.
  idempotent: false,
}).serve(async ({ database, identity, request, requestId }) => {
  if (identity === undefined) throw new Problem('unauthenticated', 'You are not signed in.');
  if (identity.kind === 'api-key') {
    await enter(database, identity, ACCESS);
    throw new Problem(
      'forbidden',
      'An API key has no sign-in to end. Revoke the key instead, or sign out as the user.',
    );
  }
  const headers = isFromConsole(request) ? clearedCookie(request) : {};
  const caller = database.as({ kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) });
  const { subject, wait_ms: waitMs } = await endSignInsOfCurrentUser(caller);
  const nextSecond = sleep(waitMs + CLOCK_DIFFERENCE_MS);
  try {
    await (await openAccounts()).revoke(subject);
  } catch (error) {
    log('warning', 'refresh tokens not revoked at the identity provider', { request_id: requestId, error });
  }
  await nextSecond;
  return { status: 204, headers };
});
