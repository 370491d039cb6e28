import { setTimeout as sleep } from 'node:timers/promises';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { log } from '../../platform/log.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { openAccounts } from '../accounts.ts';
import { endSignInsOfCurrentUser } from '../sql/users.ts';

const ACCESS = 'account:write';
/** The identity provider's clock may be a little behind the database's. */
const CLOCK_DIFFERENCE_MS = 50;

/**
 * Signs a person out everywhere. Tokens of earlier sign-ins stop counting with the first statement, so the answer is 204 even when the
 * identity provider cannot be told: a refresh token that survives there yields tokens that do not count.
 *
 * The answer waits, for a second at most, until sign-ins are dated after this one; so a login right after it works.
 */
export const logout = endpoint({
  name: 'identity-logout',
  route: 'POST /api/v1/auth/logout',
  access: ACCESS,
  summary: 'Signs out everywhere, at once.',
  reply: { 204: null },
}).serve(async ({ database, identity, requestId }) => {
  if (identity === undefined) throw new Problem('unauthenticated', 'There is nobody to sign out.');
  const caller = database.as({ kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) });
  const { subject, wait_ms: waitMs } = await endSignInsOfCurrentUser(caller);
  const nextSecond = sleep(waitMs + CLOCK_DIFFERENCE_MS);
  try {
    await (await openAccounts()).revoke(subject);
  } catch (error) {
    log('warning', 'refresh tokens could not be revoked', { request_id: requestId, error });
  }
  await nextSecond;
  return { status: 204 };
});
