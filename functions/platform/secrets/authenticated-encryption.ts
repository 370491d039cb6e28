import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/**
 * Encrypts with AES-256-GCM and a random 96-bit nonce. The result is nonce, tag and ciphertext, and decrypts only with
 * the same key and additional data. A key must encrypt fewer than 2^32 texts (NIST SP 800-38D); a data key here
 * encrypts one.
 */
export function encrypt(key: Uint8Array, plain: Uint8Array, additionalData: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(additionalData);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/**
 * Decrypts the result of {@link encrypt}.
 * @throws Error when the key or the additional data differs, or a bit was changed
 */
export function decrypt(key: Uint8Array, sealed: Uint8Array, additionalData: Uint8Array): Buffer {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  if (sealed.byteLength < tagEnd) throw new Error('The encrypted bytes are too short');
  // Without a required tag length Node accepts tags of four bytes, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData).setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
  return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
}
