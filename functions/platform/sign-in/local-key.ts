import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import { localSecret } from '../process/local-home.ts';

/**
 * An RSA key with which a laptop signs tokens itself, for users and for the queue. Google signs them in the cloud, so
 * the verification is the same in both places.
 */
export interface LocalKey {
  /** The public key, for the verifier. */
  keySet: JSONWebKeySet;
  sign(claims: JWTPayload): Promise<string>;
}

const opened = new Map<string, LocalKey>();

/** Returns the laptop's key of this name, created on first use. @throws Error on Cloud Run */
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
    throw new Error(`The local secret ${name}.pem is not an RSA key; delete the file to create a new key`);
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
