import { z } from 'zod';
import type { Database } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { idSchema } from '../platform/id.ts';
import { verifyUserToken } from '../platform/sign-in/authenticate.ts';
import type { Tokens } from './accounts.ts';
import { provisionAccount, type UserRow } from './sql/users.ts';

/** The answer of register, login and refresh. */
export const Session = z.strictObject({
  access_token: z.string(),
  refresh_token: z
    .string()
    .optional()
    .meta({ description: 'Absent for the web console, whose refresh token is in a cookie that no script can read' }),
  token_type: z.literal('bearer'),
  expires_in: z.int().positive().meta({ description: 'Lifetime of the access token in seconds' }),
  user: z.strictObject({
    id: idSchema('usr'),
    email: z.string(),
    display_name: z.string(),
    role: z.enum(['viewer', 'member', 'admin']),
    tenant_id: idSchema('ten'),
  }),
});
export type Session = z.infer<typeof Session>;

export const Email = z.email().max(254).meta({ description: 'E-mail address' });
/** Firebase requires 6 characters, NIST SP 800-63B 8. The maximum bounds the work of the hash function. */
export const NewPassword = z.string().min(8).max(200);

/**
 * Creates a session from new tokens. Finds the user of the tokens, or creates the user and a tenant when there is none:
 * that completes a registration which failed after the account was created at the identity provider.
 * @throws Problem 401 when the user is disabled or has signed out since this sign-in
 */
export async function openSession(
  database: Database,
  tokens: Tokens,
  wishes: { displayName?: string | undefined; tenantName?: string | undefined } = {},
): Promise<Session> {
  const user = await provisionUser(database, tokens.accessToken, wishes);
  return {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    token_type: 'bearer',
    expires_in: tokens.expiresInSeconds,
    user,
  };
}

/** Finds or creates the user of a new access token, as {@link openSession} does. `email` replaces that of the token. */
export async function provisionUser(
  database: Database,
  accessToken: string,
  wishes: { displayName?: string | undefined; tenantName?: string | undefined; email?: string },
): Promise<UserRow> {
  const verified = await verifyUserToken(accessToken);
  // The identity provider may issue a token whose `auth_time` is before the last sign-out. It is never valid.
  if (verified.kind === 'expired') throw signedOut();
  if (verified.kind !== 'valid' || verified.value.kind !== 'token') {
    throw new Error(
      'The token of the identity provider was rejected. Check FIREBASE_PROJECT_ID and FIREBASE_TENANT_ID.',
    );
  }
  const { email = verified.value.email, displayName = verified.value.displayName, tenantName } = wishes;
  const { is_signed_out: isSignedOut, ...user } = await provisionAccount(
    database.as({ kind: 'system' }),
    { ...verified.value, email, displayName },
    tenantName,
  );
  if (isSignedOut) throw signedOut();
  return user;
}

function signedOut(): Problem {
  return new Problem('unauthenticated', 'You were signed out, or your account is disabled.');
}
