import type { IncomingMessage } from 'node:http';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { bearerToken } from '../http/request-head.ts';
import { localKey } from './local-key.ts';
import { createTokenVerifier, type TokenIssuer, type Verification } from './verify-token.ts';

/**
 * Only Cloud Tasks, Cloud Scheduler and our workers call internal functions, with an OIDC token of a service account
 * whose audience is the URL of the called function. Cloud Run's IAM checks the token first. It is checked here again,
 * so that a service that was made public by mistake still rejects other callers. On a laptop the queue signs these
 * tokens with a local key.
 */

const GOOGLE_ISSUER = 'https://accounts.google.com';
const GOOGLE_KEYS = 'https://www.googleapis.com/oauth2/v3/certs';
const LOCAL_INVOKER = 'invoker@apexflow-local.invalid';
/** As long as Google's tokens. */
const TOKEN_LIFE_SECONDS = 3600;
/** A token is reused for ten minutes, because signing takes a millisecond. */
const REUSE_SECONDS = 600;

/** @throws Problem 401 unless the request carries the invoker's token for this function */
export async function verifyInvoker(request: IncomingMessage, functionName: string): Promise<void> {
  const token = bearerToken(request);
  if (token === undefined) throw new Problem('unauthenticated', 'Only the queue may call this function.');
  const verified = await verifierOf(functionName)(token);
  if (verified.kind !== 'valid')
    throw new Problem('unauthenticated', 'This is not a token of the queue for this function.');
}

/**
 * Returns the audience of tokens for a function, which is the URL of its service.
 * @throws Error when FUNCTION_URL is missing in the cloud
 */
export function invokerAudience(functionName: string): string {
  if (environment.FUNCTION_URL) return environment.FUNCTION_URL.replaceAll('{name}', functionName);
  if (environment.isCloud)
    throw new Error('FUNCTION_URL is missing: set it to the URL of the functions, with {name} for the name');
  return `urn:apexflow:local:${functionName}`;
}

/** Returns the laptop's token for a function, with the same claims as Google's. @throws Error in the cloud */
export async function invokerToken(functionName: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const known = minted.get(functionName);
  if (known !== undefined && now - known.at < REUSE_SECONDS) return known.token;
  const token = await localKey('invoker-tokens').sign({
    iss: GOOGLE_ISSUER,
    aud: invokerAudience(functionName),
    sub: 'apexflow-local-invoker',
    email: LOCAL_INVOKER,
    email_verified: true,
    iat: now,
    exp: now + TOKEN_LIFE_SECONDS,
  });
  minted.set(functionName, { token, at: now });
  return token;
}

/** Returns a verifier that accepts only tokens of this issuer for these service accounts. */
function createInvokerVerifier(
  issuer: TokenIssuer,
  emails: readonly string[],
): (token: string) => Promise<Verification<true>> {
  return createTokenVerifier(issuer, (claims) =>
    typeof claims.email === 'string' && emails.includes(claims.email) && claims.email_verified === true
      ? true
      : undefined,
  );
}

const minted = new Map<string, { token: string; at: number }>();
const verifiers = new Map<string, (token: string) => Promise<Verification<true>>>();

function verifierOf(functionName: string): (token: string) => Promise<Verification<true>> {
  const known = verifiers.get(functionName) ?? createInvokerVerifier(invokerIssuer(functionName), invokers());
  verifiers.set(functionName, known);
  return known;
}

function invokerIssuer(functionName: string): TokenIssuer {
  const keys = environment.isCloud ? new URL(GOOGLE_KEYS) : localKey('invoker-tokens').keySet;
  return { issuer: GOOGLE_ISSUER, audience: invokerAudience(functionName), keys };
}

/**
 * Returns the service accounts whose calls are accepted: the account of queue and scheduler, and the account of the
 * workers, which call the sandbox.
 * @throws Error when TASKS_INVOKER is missing in the cloud
 */
function invokers(): string[] {
  if (!environment.isCloud) return [LOCAL_INVOKER];
  if (!environment.TASKS_INVOKER)
    throw new Error('TASKS_INVOKER is missing: set it to the service account of Cloud Tasks and Cloud Scheduler');
  return environment.WORKER_ACCOUNT
    ? [environment.TASKS_INVOKER, environment.WORKER_ACCOUNT]
    : [environment.TASKS_INVOKER];
}
