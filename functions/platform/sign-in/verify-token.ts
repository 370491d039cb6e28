import { hash } from 'node:crypto';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';

/**
 * Verifies JSON Web Tokens of one issuer: RS256 only, by a key of the issuer's own set that the header names by `kid`. Whatever else the header
 * says (`jku`, `jwk`, `x5u`, another algorithm) is never followed. Who the issuer is is data, so that the cloud, a laptop and the
 * tests run the very same check.
 */
export interface TokenIssuer {
  issuer: string;
  audience: string;
  /** Where the issuer publishes its keys, or the keys themselves. */
  keys: URL | JSONWebKeySet;
}

/** `expired` has a good signature: its owner should sign in again and is no guesser. */
export type Verification<T> = { kind: 'valid'; value: T } | { kind: 'expired' } | { kind: 'refused' };

/** Turns claims with a good signature into what the caller needs; undefined refuses them. */
export type Interpret<T> = (claims: JWTPayload) => T | undefined;

/** How far the clock of an issuer may be ahead of ours. */
const CLOCK_SKEW_SECONDS = 5 * 60;
/** An RS256 check costs 40 µs and a look into the cache 3; at about 1 KB each the cache stays under 10 MB. */
const REMEMBERED_TOKENS = 10_000;
/** Longer than any token of ours; what is larger is not worth hashing. */
const LONGEST_TOKEN = 8192;

/** Failures of our own or of the issuer's key server, which say nothing about the token. */
const FAULTS_OF_KEY_SET = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

/**
 * A verifier with a memory: a token that was valid once is valid until its `exp`. Revocation is not its business; the database knows.
 * @throws Error when the issuer's keys cannot be had
 */
export function createTokenVerifier<T>(
  issuer: TokenIssuer,
  interpret: Interpret<T>,
): (token: string) => Promise<Verification<T>> {
  const remembered = new Map<string, { value: T; expiresAt: number }>();
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (token) => {
    if (token.length > LONGEST_TOKEN) return { kind: 'refused' };
    const digest = hash('sha256', token, 'base64');
    const known = remembered.get(digest);
    if (known !== undefined) {
      if (Date.now() < known.expiresAt) return { kind: 'valid', value: known.value };
      remembered.delete(digest);
      return { kind: 'expired' };
    }
    keys ??= keySetOf(issuer.keys);
    const verified = await verifyClaims(token, issuer, await keys);
    if (verified.kind !== 'valid') return verified;
    const value = interpret(verified.value);
    if (value === undefined) return { kind: 'refused' };
    if (remembered.size >= REMEMBERED_TOKENS) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(digest, { value, expiresAt: (verified.value.exp ?? 0) * 1000 });
    return { kind: 'valid', value };
  };
}

async function verifyClaims(
  token: string,
  issuer: TokenIssuer,
  keys: JWTVerifyGetKey,
): Promise<Verification<JWTPayload>> {
  const { errors, jwtVerify } = await import('jose');
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: issuer.issuer,
      audience: issuer.audience,
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    const latest = Date.now() / 1000 + CLOCK_SKEW_SECONDS;
    const datedAhead = (payload.iat ?? 0) > latest || Number(payload.auth_time ?? 0) > latest;
    // A set of one key would do for a token that names none; ours must name it.
    if (datedAhead || !protectedHeader.kid || !payload.sub) return { kind: 'refused' };
    return { kind: 'valid', value: payload };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { kind: 'expired' };
    if (error instanceof errors.JOSEError && !FAULTS_OF_KEY_SET.has(error.code)) return { kind: 'refused' };
    throw new Error(`The keys of ${issuer.issuer} cannot be had`, { cause: error });
  }
}

async function keySetOf(keys: TokenIssuer['keys']): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet, createRemoteJWKSet } = await import('jose');
  return keys instanceof URL ? createRemoteJWKSet(keys) : createLocalJWKSet(keys);
}
