import { createHash, randomBytes } from 'node:crypto';
import { environment } from '../environment.ts';
import { localSecret } from '../process/local-home.ts';
import { decrypt, encrypt, KEY_BYTES } from './authenticated-encryption.ts';
import type { KeyEncryption } from './key-encryption.ts';

let opened: Promise<KeyEncryption> | undefined;

/**
 * Returns this process's key encryption: the Cloud KMS key `SECRETS_KMS_KEY`, otherwise a key file on the laptop.
 * @throws Error on Cloud Run without `SECRETS_KMS_KEY`: a key file of an instance would be lost with the instance
 */
export function openKeyEncryption(): Promise<KeyEncryption> {
  opened ??= connect();
  return opened;
}

/** Replaces this process's key encryption, for tests of a key service; undefined restores the default. */
export function useKeyEncryption(keyEncryption: KeyEncryption | undefined): void {
  opened = keyEncryption && Promise.resolve(keyEncryption);
}

/**
 * Returns the laptop's key encryption. Its key is in a file that only its owner can read.
 * @throws Error on Cloud Run
 */
export function localKeyEncryption(): KeyEncryption {
  const key = Buffer.from(
    localSecret('secrets-key', () => randomBytes(KEY_BYTES).toString('base64')),
    'base64',
  );
  if (key.length !== KEY_BYTES)
    throw new Error(`The local secret secrets-key holds ${key.length} bytes, not ${KEY_BYTES}`);
  return {
    // Identifies the key without revealing it, so that a database restored beside another key file gets a clear error.
    keyName: `local/${createHash('sha256').update('name of').update(key).digest('hex').slice(0, 16)}`,
    wrap: async (dataKey, additionalData) => encrypt(key, dataKey, additionalData),
    unwrap: async (wrapped, additionalData) => decrypt(key, wrapped, additionalData),
  };
}

async function connect(): Promise<KeyEncryption> {
  if (environment.SECRETS_KMS_KEY) {
    const { cloudKms } = await import('./cloud-kms.ts');
    return cloudKms(environment.SECRETS_KMS_KEY);
  }
  if (environment.isCloud) throw new Error('SECRETS_KMS_KEY is missing: the secrets of tenants cannot be encrypted');
  return localKeyEncryption();
}
