import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import { localSecret } from '../process/local-home.ts';

/**
 * The RSA key of an issuer that a laptop plays itself: of people's tokens, and of the queue's. It signs what Google signs in the cloud, so that both
 * places verify alike. On Cloud Run there is none: asking for it throws.
 */
export interface LocalKey {
  /** What a verifier needs: the public half. */
  keySet: JSONWebKeySet;
  sign(claims: JWTPayload): Promise<string>;
}

const opened = new Map<string, LocalKey>();

export function localKey(name: string): LocalKey {
  const known = opened.get(name) ?? open(name);
  opened.set(name, known);
  return known;
}

function open(name: string): LocalKey {
  const privateKey = createPrivateKey(localSecret(`${name}.pem`, createPem));
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(String(publicKey.n)).digest('base64url').slice(0, 20);
  const { kty, n, e } = publicKey;
  if (kty === undefined || n === undefined || e === undefined)
    throw new Error(`The local secret ${name}.pem is no RSA key`);
  return {
    keySet: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] },
    sign: (claims) => sign(claims, kid, privateKey),
  };
}

async function sign(claims: JWTPayload, kid: string, privateKey: KeyObject): Promise<string> {
  const { SignJWT } = await import('jose');
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey);
}

function createPem(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
