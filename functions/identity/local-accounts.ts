import { createHash, randomBytes } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { openDatabase } from '../platform/database/open.ts';
import { environment } from '../platform/environment.ts';
import { Problem } from '../platform/errors.ts';
import { userTokenIssuer } from '../platform/sign-in/authenticate.ts';
import { localKey } from '../platform/sign-in/local-key.ts';
import type { Accounts, Tokens } from './accounts.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { findLocalAccountByEmail, insertLocalAccount } from './sql/local-accounts.ts';
import {
  findLocalRefreshToken,
  insertLocalRefreshToken,
  revokeLocalRefreshTokens,
} from './sql/local-refresh-tokens.ts';

/**
 * The laptop's own issuer, so that the program runs without any account in the cloud. Its tokens are RS256 and have the claims of Firebase's.
 * A sign-in dates from the second it happened in, as Firebase's `auth_time` does.
 *
 * @throws Error in the cloud, where only Firebase may vouch for people
 */
export function createLocalAccounts(): Accounts {
  if (environment.isCloud) throw new Error('The local issuer does not exist on Cloud Run');
  return {
    signUp: async ({ email, password, displayName }) => {
      const person = { subject: randomBytes(21).toString('base64url'), email: email.toLowerCase(), displayName };
      const inserted = await insertLocalAccount(await system(), person, await hashPassword(password));
      if (!inserted) throw new Problem('conflict', 'An account cannot be made with this e-mail address.');
      return signInNow(person);
    },
    signIn: async ({ email, password }) => {
      const account = await findLocalAccountByEmail(await system(), email);
      const matches = await verifyPassword(password, account?.password_hash);
      if (account === undefined || !matches) throw wrongCredential();
      return signInNow({ subject: account.subject, email: account.email, displayName: account.display_name });
    },
    refresh: async (refreshToken) => {
      const found = await findLocalRefreshToken(await system(), hashOf(refreshToken));
      if (found === undefined) throw new Problem('unauthenticated', 'The refresh token is not valid. Sign in again.');
      const person = { subject: found.subject, email: found.email, displayName: found.display_name };
      return tokensOf(person, found.signed_in_seconds, refreshToken);
    },
    revoke: async (subject) => revokeLocalRefreshTokens(await system(), subject),
  };
}

interface Person {
  subject: string;
  email: string;
  displayName: string;
}

/** As long as Firebase's. */
const ACCESS_TOKEN_SECONDS = 3600;

/** One answer for every reason, so that it tells nothing about who has an account. */
function wrongCredential(): Problem {
  return new Problem('unauthenticated', 'The e-mail address or the password is wrong.');
}

async function signInNow(person: Person): Promise<Tokens> {
  const signedInSeconds = Math.floor(Date.now() / 1000);
  const refreshToken = randomBytes(32).toString('base64url');
  await insertLocalRefreshToken(await system(), hashOf(refreshToken), person.subject, signedInSeconds);
  return tokensOf(person, signedInSeconds, refreshToken);
}

async function tokensOf(person: Person, signedInSeconds: number, refreshToken: string): Promise<Tokens> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = userTokenIssuer('local');
  const accessToken = await localKey('user-tokens').sign({
    iss: issuer,
    aud: audience,
    sub: person.subject,
    user_id: person.subject,
    email: person.email,
    email_verified: false,
    name: person.displayName,
    auth_time: signedInSeconds,
    iat: now,
    exp: now + ACCESS_TOKEN_SECONDS,
    firebase: { identities: { email: [person.email] }, sign_in_provider: 'password' },
  });
  return { accessToken, refreshToken, expiresInSeconds: ACCESS_TOKEN_SECONDS };
}

function hashOf(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('hex');
}

async function system(): Promise<Queryable> {
  return (await openDatabase()).as({ kind: 'system' });
}
