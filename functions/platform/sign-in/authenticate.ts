import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { cutText } from '../cut-text.ts';
import type { Identity } from '../database/database.ts';
import { environment } from '../environment.ts';
import { Problem, problemOfDatabaseError } from '../errors.ts';
import { bearerToken } from '../http/request-head.ts';
import { looksLikeApiKey, parseApiKey } from './api-key.ts';
import { findKeyOwner, forgetKey, knownKeyOwner } from './known-keys.ts';
import { localKey } from './local-key.ts';
import { limitWrongCredential, refuseGuesser } from './rate-limit.ts';
import { noteIdentity } from './security-event.ts';
import { createTokenVerifier, type TokenIssuer, type Verification } from './verify-token.ts';

/**
 * Returns the identity of a request, read only from `Authorization: Bearer`: an ID token of a user, or an API key. The
 * signature of a token is checked here, and a key is looked up unless this process has seen it accepted lately; so
 * nobody without a credential gets further. The database checks with every statement whether the user or key is still
 * valid, and for which tenant and role. So a sign-out takes effect at once, and tenant or role claims in a token are
 * never read.
 *
 * @throws Problem 401; 403 for anonymous sign-ins; 429 for an address that sends wrong credentials too often
 */
export async function identify(request: IncomingMessage, address: string): Promise<Identity> {
  const token = bearerToken(request);
  if (token === undefined)
    throw new Problem('unauthenticated', 'Send an access token or an API key as a bearer token.');
  if (looksLikeApiKey(token)) return identifyKey(request, token, address);
  const verified = await verifyUserToken(token);
  if (verified.kind === 'expired') throw new Problem('unauthenticated', 'The token has expired.');
  if (verified.kind === 'refused') return refuse(address);
  noteIdentity(request, verified.value);
  return verified.value;
}

/** Of an address with too many refusals, only keys pass that this process has seen accepted: no other is looked up. */
async function identifyKey(request: IncomingMessage, token: string, address: string): Promise<Identity> {
  const key = parseApiKey(token);
  if (key === undefined) return refuse(address);
  const known = knownKeyOwner(key);
  if (known === undefined) refuseGuesser(address);
  const owner = known ?? (await findKeyOwner(key));
  if (owner === undefined) return refuse(address);
  const { keyId, secretHash } = key;
  const identity: Identity = { kind: 'api-key', keyId, secretHash, subject: owner.subject };
  noteIdentity(request, identity);
  return owner.isValid ? identity : refuse(address);
}

/** Verifies an ID token of a user with the keys of this installation's identity provider. */
export function verifyUserToken(token: string): Promise<Verification<Identity>> {
  verifyUser ??= openVerifier();
  return verifyUser(token);
}

/** Counts a user or key that the database rejects as a wrong credential. Rethrows every error unchanged. */
export function countRefused(error: unknown, identity: Identity | undefined, address: string): never {
  if (identity !== undefined && problemOfDatabaseError(error)?.kind === 'unauthenticated') {
    if (identity.kind === 'api-key') forgetKey(identity);
    limitWrongCredential(address);
  }
  throw error;
}

/** Where users sign in: Firebase, or on laptops its emulator or this machine. */
type IdentityProvider = 'firebase' | 'emulator' | 'local';

export function identityProvider(): IdentityProvider {
  if (environment.isCloud) return 'firebase';
  if (environment.FIREBASE_AUTH_EMULATOR_HOST) return 'emulator';
  return environment.FIREBASE_API_KEY ? 'firebase' : 'local';
}

/** @throws Error when no project is configured */
export function firebaseProject(): string {
  const project = environment.FIREBASE_PROJECT_ID ?? environment.GOOGLE_CLOUD_PROJECT;
  if (project === undefined)
    throw new Error('FIREBASE_PROJECT_ID is missing: set it to the project whose tokens are accepted');
  return project;
}

const FIREBASE_KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';

/** Returns the issuer whose tokens are accepted. The laptop's issuer differs only in its data. */
export function userTokenIssuer(provider: 'firebase' | 'local'): TokenIssuer {
  if (provider === 'local') {
    return { issuer: 'urn:apexflow:local-issuer', audience: 'apexflow-local', keys: localKey('user-tokens').keySet };
  }
  const project = firebaseProject();
  return { issuer: `https://securetoken.google.com/${project}`, audience: project, keys: new URL(FIREBASE_KEYS) };
}

/** Returns the verifier of users' tokens of this issuer. */
export function createUserVerifier(
  issuer: TokenIssuer,
  firebaseTenant: string | undefined,
): (token: string) => Promise<Verification<Identity>> {
  return createTokenVerifier(issuer, (claims) => identityOf(claims, firebaseTenant));
}

let verifyUser: ((token: string) => Promise<Verification<Identity>>) | undefined;

function openVerifier(): (token: string) => Promise<Verification<Identity>> {
  const provider = identityProvider();
  if (provider === 'emulator') return verifyWithEmulator;
  return createUserVerifier(userTokenIssuer(provider), environment.FIREBASE_TENANT_ID);
}

/**
 * Asks the emulator about each token through firebase-admin, because the emulator does not sign tokens. Cloud Run
 * refuses to start with its switch.
 */
async function verifyWithEmulator(token: string): Promise<Verification<Identity>> {
  const { firebaseAuth } = await import('./firebase-admin.ts');
  const auth = await firebaseAuth(firebaseProject());
  try {
    const identity = identityOf(await auth.verifyIdToken(token), environment.FIREBASE_TENANT_ID);
    return identity === undefined ? { kind: 'refused' } : { kind: 'valid', value: identity };
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return { kind: code === 'auth/id-token-expired' || code === 'auth/id-token-revoked' ? 'expired' : 'refused' };
  }
}

/** The only claims that are read. */
const UserClaims = z.object({
  sub: z.string().min(1).max(128),
  auth_time: z.number().nonnegative(),
  email: z.string().max(320).default(''),
  email_verified: z.boolean().default(false),
  name: z.string().default(''),
  github_credential: z.string().max(2000).optional(),
  firebase: z.object({ sign_in_provider: z.string(), tenant: z.string().optional() }),
});

function identityOf(payload: JWTPayload, firebaseTenant: string | undefined): Identity | undefined {
  const parsed = UserClaims.safeParse(payload);
  if (!parsed.success) return undefined;
  const claims = parsed.data;
  if (claims.firebase.tenant !== firebaseTenant) return undefined;
  if (claims.firebase.sign_in_provider === 'anonymous') {
    throw new Problem('forbidden', 'Anonymous sign-ins have no rights here. Sign in with an account.');
  }
  return {
    kind: 'token',
    subject: claims.sub,
    email: claims.email,
    emailVerified: claims.email_verified,
    displayName: cutText(claims.name.trim(), 200) || claims.email.split('@')[0] || 'Somebody',
    issuedAt: new Date(claims.auth_time * 1000).toISOString(),
    githubCredential: claims.github_credential,
  };
}

function refuse(address: string): never {
  limitWrongCredential(address);
  throw new Problem('unauthenticated', 'The token or key is not valid.');
}
