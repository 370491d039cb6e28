import { createHash, randomBytes } from 'node:crypto';
import { localSecret } from '../local-home.ts';
import { decrypt, encrypt, KEY_BYTES } from './authenticated-encryption.ts';
import type { KeyEncryption } from './key-encryption.ts';

/** The laptop's key encryption key, in a file that only its owner reads. On Cloud Run there is none: asking for it throws. */
export function localKeyEncryption(): KeyEncryption {
  const key = Buffer.from(
    localSecret('secrets-key', () => randomBytes(KEY_BYTES).toString('base64')),
    'base64',
  );
  if (key.length !== KEY_BYTES) throw new Error('The local secret secrets-key does not hold 32 bytes');
  return {
    // Which key it was, without a word about the key: it tells a restored database with another home from a broken one.
    keyName: `local/${createHash('sha256').update('name of').update(key).digest('hex').slice(0, 16)}`,
    wrap: async (dataKey, additionalData) => encrypt(key, dataKey, additionalData),
    unwrap: async (wrapped, additionalData) => decrypt(key, wrapped, additionalData),
  };
}
