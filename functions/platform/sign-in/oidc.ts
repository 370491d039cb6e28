import type { IncomingMessage } from 'node:http';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { bearerToken } from './authenticate.ts';
import { localKey } from './local-key.ts';
import { createTokenVerifier, type TokenIssuer, type Verification } from './verify-token.ts';

/**
 * Internal functions are called by Cloud Tasks and Cloud Scheduler alone, with an OIDC token of their service account that is made for the called
 * function's URL. Cloud Run's IAM checks it before us; we check it again, because a service that was made public by mistake must
 * still refuse. A laptop's queue signs such tokens itself, with a key of its own.
 */

const GOOGLE_ISSUER = 'https://accounts.google.com';
const GOOGLE_KEYS = 'https://www.googleapis.com/oauth2/v3/certs';
const LOCAL_INVOKER = 'invoker@apexflow-local.invalid';
/** Google's live an hour as well. */
const TOKEN_LIFE_SECONDS = 3600;
/** Signing costs a millisecond, so a token serves for some minutes, far from its end. */
const REUSE_SECONDS = 600;

/** @throws Problem 401 unless the request carries the invoker's token for this function */
export async function verifyInvoker(request: IncomingMessage, functionName: string): Promise<void> {
  const token = bearerToken(request);
  if (token === undefined) throw new Problem('unauthenticated', 'This function is called by the queue only.');
  const verified = await verifierOf(functionName)(token);
  if (verified.kind !== 'valid')
    throw new Problem('unauthenticated', 'This is not a token of the queue for this function.');
}

/** The `aud` of tokens for a function: its service's URL. @throws Error when FUNCTION_URL is missing in the cloud */
export function invokerAudience(functionName: string): string {
  if (environment.FUNCTION_URL) return environment.FUNCTION_URL.replaceAll('{name}', functionName);
  if (environment.isCloud) throw new Error('FUNCTION_URL is missing: the audience of internal calls is unknown');
  return `urn:apexflow:local:${functionName}`;
}

/** The laptop's token for a function, with the claims that Google's has. @throws Error in the cloud */
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

/** The verifier of invokers' tokens for this issuer; only these service accounts pass. */
export function createInvokerVerifier(
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
 * Whose calls internal functions accept: the queue's and the scheduler's account, and that of the workers, who call the sandbox.
 * @throws Error when TASKS_INVOKER is missing in the cloud
 */
function invokers(): string[] {
  if (!environment.isCloud) return [LOCAL_INVOKER];
  if (!environment.TASKS_INVOKER)
    throw new Error('TASKS_INVOKER is missing: whose calls internal functions accept is unknown');
  return environment.WORKER_ACCOUNT
    ? [environment.TASKS_INVOKER, environment.WORKER_ACCOUNT]
    : [environment.TASKS_INVOKER];
}
