import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './authenticated-encryption.ts';
import { openKeyEncryption } from './open-key-encryption.ts';

/**
 * Envelope encryption: each text gets a data key of its own, which is stored beside it, wrapped by a key that no database holds. Both layers are bound
 * to where the text belongs, so an envelope that is copied to another tenant, name or version does not open. Whoever has the database alone has nothing.
 */
export interface Envelope {
  ciphertext: string;
  wrapped_key: string;
  /** Which key wrapped the data key. */
  key_name: string;
}

/** Where a text belongs; unambiguous, because it is JSON. */
export type Place = readonly (string | number)[];

/** @throws KeyServiceUnavailable */
export async function seal(plain: string, place: Place): Promise<Envelope> {
  const keyEncryption = await openKeyEncryption();
  const dataKey = randomBytes(KEY_BYTES);
  const additionalData = bytesOf(place);
  try {
    const wrapped = await keyEncryption.wrap(dataKey, additionalData);
    return {
      ciphertext: encrypt(dataKey, Buffer.from(plain), additionalData).toString('base64'),
      wrapped_key: wrapped.toString('base64'),
      key_name: keyEncryption.keyName,
    };
  } finally {
    dataKey.fill(0);
  }
}

/** @throws KeyServiceUnavailable; Error when it belongs elsewhere, was changed, or was made with a key that this process does not have */
export async function open(envelope: Envelope, place: Place): Promise<string> {
  const keyEncryption = await openKeyEncryption();
  if (envelope.key_name !== keyEncryption.keyName)
    throw new Error(`A secret was encrypted with ${envelope.key_name}, and this process has ${keyEncryption.keyName}`);
  const additionalData = bytesOf(place);
  const dataKey = await keyEncryption.unwrap(Buffer.from(envelope.wrapped_key, 'base64'), additionalData);
  try {
    return decrypt(dataKey, Buffer.from(envelope.ciphertext, 'base64'), additionalData).toString('utf8');
  } finally {
    dataKey.fill(0);
  }
}

function bytesOf(place: Place): Buffer {
  return Buffer.from(JSON.stringify(place));
}
