/**
 * Encrypts data keys with a key in Cloud KMS, which never leaves it, or in a file on a laptop. Both bind a wrapped key
 * to additional data, so a wrapped key that was moved to another row cannot be unwrapped.
 */
export interface KeyEncryption {
  /** The name of the key, which is stored with each wrapped key. */
  keyName: string;
  /** @throws KeyServiceUnavailable */
  wrap(dataKey: Uint8Array, additionalData: Uint8Array): Promise<Buffer>;
  /**
   * @throws KeyServiceUnavailable; Error when the data key was wrapped by another key, for another row, or was changed
   */
  unwrap(wrapped: Uint8Array, additionalData: Uint8Array): Promise<Buffer>;
}

/**
 * The key service did not answer or is temporarily unavailable. No secret is stored or used without it. A later retry
 * may succeed.
 */
export class KeyServiceUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyServiceUnavailable';
  }
}
