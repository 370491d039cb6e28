import type { BaseAuth } from 'firebase-admin/auth';
import { z } from 'zod';
import { environment } from '../platform/environment.ts';
import { Problem, type ProblemKind } from '../platform/errors.ts';
import { parseJson } from '../platform/http/body.ts';
import { firebaseProject, identityProvider } from '../platform/sign-in/authenticate.ts';
import { firebaseAuth } from '../platform/sign-in/firebase-admin.ts';
import type { Accounts, Tokens } from './accounts.ts';

/**
 * Creates the adapter for Firebase (Identity Platform). It calls the REST API, because the Admin SDK cannot check a
 * password. The Admin SDK is large, so it is loaded only to revoke, and to sign custom tokens. The emulator has the
 * same API at another address.
 */
export function createFirebaseAccounts(): Accounts {
  return {
    signUp: async ({ email, password, displayName }) =>
      signedIn(await call(IDENTITY_TOOLKIT, 'accounts:signUp', { email, password, displayName, ...inTenant() })),
    signIn: async ({ email, password }) =>
      signedIn(await call(IDENTITY_TOOLKIT, 'accounts:signInWithPassword', { email, password, ...inTenant() })),
    signInVerified: async ({ subject, claims }) => {
      const token = await (await authOfUsers()).createCustomToken(subject, claims);
      const { accessToken, expiresInSeconds } = signedIn(
        await call(IDENTITY_TOOLKIT, 'accounts:signInWithCustomToken', { token, ...inTenant() }),
      );
      return { accessToken, expiresInSeconds };
    },
    refresh: async (refreshToken) =>
      refreshed(await call(SECURE_TOKEN, 'token', { grant_type: 'refresh_token', refresh_token: refreshToken })),
    revoke: async (subject) => (await authOfUsers()).revokeRefreshTokens(subject),
  };
}

/** Returns the part of the Admin SDK for the users of this installation. */
async function authOfUsers(): Promise<BaseAuth> {
  const auth = await firebaseAuth(firebaseProject());
  const tenant = environment.FIREBASE_TENANT_ID;
  return tenant ? auth.tenantManager().authForTenant(tenant) : auth;
}

const IDENTITY_TOOLKIT = 'identitytoolkit.googleapis.com/v1';
const SECURE_TOKEN = 'securetoken.googleapis.com/v1';
/** A sign-in at Firebase takes about 300 ms. */
const TIMEOUT_MS = 10_000;

const SignedIn = z.object({ idToken: z.string(), refreshToken: z.string(), expiresIn: z.coerce.number() });
const Refreshed = z.object({ id_token: z.string(), refresh_token: z.string(), expires_in: z.coerce.number() });
const Failed = z.object({ error: z.object({ message: z.string() }) });

/** Maps Firebase's error codes to answers. All reasons of a failed sign-in get the same answer. */
const WRONG_CREDENTIAL = ['unauthenticated', 'The e-mail address or the password is wrong.'] as const;
const WRONG_REFRESH_TOKEN = ['unauthenticated', 'The refresh token is not valid. Sign in again.'] as const;
const PROBLEM_OF_CODE: Record<string, readonly [ProblemKind, string]> = {
  EMAIL_EXISTS: ['conflict', 'An account cannot be created with this e-mail address.'],
  EMAIL_NOT_FOUND: WRONG_CREDENTIAL,
  INVALID_PASSWORD: WRONG_CREDENTIAL,
  INVALID_LOGIN_CREDENTIALS: WRONG_CREDENTIAL,
  USER_DISABLED: WRONG_CREDENTIAL,
  INVALID_REFRESH_TOKEN: WRONG_REFRESH_TOKEN,
  TOKEN_EXPIRED: WRONG_REFRESH_TOKEN,
  USER_NOT_FOUND: WRONG_REFRESH_TOKEN,
  INVALID_EMAIL: ['invalid-request', 'The e-mail address is not valid.'],
  WEAK_PASSWORD: ['invalid-request', 'The password is too weak.'],
  PASSWORD_DOES_NOT_MEET_REQUIREMENTS: [
    'invalid-request',
    'The password does not meet the password policy of this deployment.',
  ],
  TOO_MANY_ATTEMPTS_TRY_LATER: ['too-many-requests', 'There were too many attempts. Try again later.'],
  OPERATION_NOT_ALLOWED: ['not-available', 'Sign-in with a password is disabled in this deployment.'],
  PASSWORD_LOGIN_DISABLED: ['not-available', 'Sign-in with a password is disabled in this deployment.'],
};

function signedIn(answer: unknown): Tokens {
  const { idToken, refreshToken, expiresIn } = SignedIn.parse(answer);
  return { accessToken: idToken, refreshToken, expiresInSeconds: expiresIn };
}

function refreshed(answer: unknown): Tokens {
  const { id_token: accessToken, refresh_token: refreshToken, expires_in: expiresInSeconds } = Refreshed.parse(answer);
  return { accessToken, refreshToken, expiresInSeconds };
}

function inTenant(): Record<string, string | boolean> {
  const tenantId = environment.FIREBASE_TENANT_ID;
  return { returnSecureToken: true, ...(tenantId ? { tenantId } : {}) };
}

/**
 * Calls the REST API. Sends the API key in a header, because URLs are written to logs.
 * @throws Problem from PROBLEM_OF_CODE; 502 for any other failure
 */
async function call(service: string, method: string, body: Record<string, unknown>): Promise<unknown> {
  const emulator = identityProvider() === 'emulator' ? environment.FIREBASE_AUTH_EMULATOR_HOST : undefined;
  const key = environment.FIREBASE_API_KEY ?? (emulator ? 'emulator' : undefined);
  if (key === undefined)
    throw new Problem('not-available', 'Sign-in with a password is not configured. Set FIREBASE_API_KEY.');
  const base = emulator ? `http://${emulator}/${service}` : `https://${service}`;
  let status: number;
  let text: string;
  try {
    const answer = await fetch(`${base}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = answer.status;
    text = await answer.text();
  } catch (error) {
    throw new Problem('upstream-failed', 'The identity provider cannot be reached. Try again.', { cause: error });
  }
  if (status === 200) return parseJson(text);
  throw problemOf(status, text);
}

/** Returns the answer for an error response. Firebase sends `CODE` or `CODE : explanation`. */
function problemOf(status: number, text: string): Problem {
  const failed = Failed.safeParse(status < 500 ? parseJson(text) : undefined);
  const code = failed.success ? (failed.data.error.message.split(' ')[0] ?? '') : '';
  const known = PROBLEM_OF_CODE[code];
  if (known) return new Problem(known[0], known[1]);
  const cause = new Error(`The identity provider answered with status ${status} and code "${code}"`);
  return new Problem('upstream-failed', 'The identity provider returned an error. Try again.', { cause });
}
