import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, KEY_BYTES } from './authenticated-encryption.ts';
import { openKeyEncryption } from './open-key-encryption.ts';

/**
 * A text under envelope encryption. Each text has its own data key, which is stored with it, encrypted by a key that is
 * not in the database. Both layers are bound to the text's {@link Place}, so an envelope that is copied to another
 * tenant, name or version cannot be decrypted. The database alone reveals nothing.
 */
export interface Envelope {
  ciphertext: string;
  wrapped_key: string;
  /** The name of the key that encrypted the data key. */
  key_name: string;
}

/**
 * Identifies where a text belongs, such as tenant, name and version. It is serialised as JSON, so it is unambiguous.
 */
export type Place = readonly (string | number)[];

/** Encrypts a text for its place. @throws KeyServiceUnavailable */
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

/**
 * Decrypts an envelope.
 * @throws KeyServiceUnavailable; Error when it belongs to another place, was changed, or was made with another key
 */
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
