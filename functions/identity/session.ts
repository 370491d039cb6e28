import { z } from 'zod';
import type { Database } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { idSchema } from '../platform/id.ts';
import { verifyUserToken } from '../platform/sign-in/authenticate.ts';
import type { Tokens } from './accounts.ts';
import { provisionAccount } from './sql/users.ts';

/** What register, login and refresh answer. */
export const Session = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int().positive().meta({ description: 'Seconds that the access token lives' }),
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
/** Firebase asks for 6 characters; NIST for 8. More than 200 only keeps the hash busy. */
export const NewPassword = z.string().min(8).max(200);

/**
 * Makes a session of new tokens: finds their person's member, and makes it if there is none. That heals a registration that was cut off
 * between the identity provider and our database.
 * @throws Problem 401 for a member who is disabled, and for a sign-in that a sign-out has ended
 */
export async function openSession(
  database: Database,
  tokens: Tokens,
  wishes: { displayName?: string | undefined; tenantName?: string | undefined } = {},
): Promise<Session> {
  const verified = await verifyUserToken(tokens.accessToken);
  // The provider may renew a sign-in that it dates before the sign-out, and then not accept it itself.
  if (verified.kind === 'expired') throw signedOut();
  if (verified.kind !== 'valid' || verified.value.kind !== 'token') {
    throw new Error('The identity provider gave out a token that we do not accept: are its project and tenant ours?');
  }
  const person = { ...verified.value, displayName: wishes.displayName ?? verified.value.displayName };
  const { is_signed_out: isSignedOut, ...user } = await provisionAccount(
    database.as({ kind: 'system' }),
    person,
    wishes.tenantName,
  );
  if (isSignedOut) throw signedOut();
  return {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    token_type: 'bearer',
    expires_in: tokens.expiresInSeconds,
    user,
  };
}

function signedOut(): Problem {
  return new Problem('unauthenticated', 'You were signed out, or your account is disabled.');
}
