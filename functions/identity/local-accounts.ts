import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { openDatabase } from '../platform/database/open.ts';
import { environment } from '../platform/environment.ts';
import { Problem } from '../platform/errors.ts';
import { userTokenIssuer } from '../platform/sign-in/authenticate.ts';
import { localKey } from '../platform/sign-in/local-key.ts';
import type { Accounts, Tokens } from './accounts.ts';
import { createRefreshToken, exchangeRefreshToken } from './local-refresh-token.ts';
import { findLocalAccountByEmail, insertLocalAccount } from './sql/local-accounts.ts';
import { revokeLocalRefreshTokens } from './sql/local-refresh-tokens.ts';

/**
 * Creates the local issuer, so that a laptop needs no cloud account. Its tokens are signed with RS256 and have the
 * claims of Firebase's tokens. `auth_time` is the whole second of the sign-in, as in Firebase.
 *
 * @throws Error in the cloud, where only Firebase may issue tokens
 */
export function createLocalAccounts(): Accounts {
  if (environment.isCloud) throw new Error('The local issuer is not available on Cloud Run. Set FIREBASE_PROJECT_ID.');
  return {
    signUp: async ({ email, password, displayName }) => {
      const person = { subject: randomBytes(21).toString('base64url'), email: email.toLowerCase(), displayName };
      const inserted = await insertLocalAccount(await system(), person, await hashPassword(password));
      if (!inserted) throw new Problem('conflict', 'An account cannot be created with this e-mail address.');
      return signInNow(person);
    },
    signIn: async ({ email, password }) => {
      const account = await findLocalAccountByEmail(await system(), email);
      const matches = await verifyPassword(password, account?.password_hash);
      if (account === undefined || !matches) throw wrongCredential();
      return signInNow({ subject: account.subject, email: account.email, displayName: account.display_name });
    },
    signInVerified: async ({ subject, displayName, claims }) => {
      const person = { subject, email: '', displayName };
      return accessTokenOf(person, Math.floor(Date.now() / 1000), { provider: 'custom', claims });
    },
    refresh: async (refreshToken, request) => {
      const { successor, account } = await exchangeRefreshToken(await openDatabase(), refreshToken, request);
      const person = { subject: account.subject, email: account.email, displayName: account.display_name };
      return tokensOf(person, account.signed_in_seconds, successor);
    },
    revoke: async (subject) => revokeLocalRefreshTokens(await system(), subject),
  };
}

interface Person {
  subject: string;
  email: string;
  displayName: string;
}

/** The same as Firebase's. */
const ACCESS_TOKEN_SECONDS = 3600;

/** Returns the same answer for every reason, so that it does not tell which addresses have an account. */
function wrongCredential(): Problem {
  return new Problem('unauthenticated', 'The e-mail address or the password is wrong.');
}

async function signInNow(person: Person): Promise<Tokens> {
  const signedInSeconds = Math.floor(Date.now() / 1000);
  const refreshToken = await createRefreshToken(await system(), person.subject, signedInSeconds);
  return tokensOf(person, signedInSeconds, refreshToken);
}

async function tokensOf(person: Person, signedInSeconds: number, refreshToken: string): Promise<Tokens> {
  return { ...(await accessTokenOf(person, signedInSeconds)), refreshToken };
}

async function accessTokenOf(
  person: Person,
  signedInSeconds: number,
  { provider, claims }: { provider: string; claims: Record<string, string> } = { provider: 'password', claims: {} },
): Promise<Omit<Tokens, 'refreshToken'>> {
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = userTokenIssuer('local');
  const accessToken = await localKey('user-tokens').sign({
    ...claims,
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
    firebase: { identities: person.email === '' ? {} : { email: [person.email] }, sign_in_provider: provider },
  });
  return { accessToken, expiresInSeconds: ACCESS_TOKEN_SECONDS };
}

async function system(): Promise<Queryable> {
  return (await openDatabase()).as({ kind: 'system' });
}

/**
 * Parameters of scrypt: N = 2^14, r = 8, p = 5 is one of the equivalent choices of the OWASP Password Storage Cheat
 * Sheet, and needs 16 MB of memory. They are part of the stored text, so that they can be raised later.
 */
const COST = { N: 2 ** 14, r: 8, p: 5 };
const KEY_BYTES = 32;

/** Returns `scrypt$N$r$p$salt$key`. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Does the same work without a stored hash, so that response times do not tell which addresses have an account. */
async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (stored ?? '').split('$');
  const cost = stored === undefined ? COST : { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const expected = Buffer.from(key, 'base64url');
  return expected.length === derived.length && timingSafeEqual(expected, derived);
}

function derive(password: string, salt: Buffer, cost: typeof COST): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
