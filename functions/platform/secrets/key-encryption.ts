/**
 * The key that encrypts data keys: in Cloud KMS, which never gives it out, or in a file of a laptop. Both bind what they wrap to additional data, so a
 * wrapped key that was moved to another row does not open.
 */
export interface KeyEncryption {
  /** Names the key, and is stored beside what it wraps. */
  keyName: string;
  /** @throws KeyServiceUnavailable */
  wrap(dataKey: Uint8Array, additionalData: Uint8Array): Promise<Buffer>;
  /** @throws KeyServiceUnavailable; Error when it was wrapped by another key or for another row, or was changed */
  unwrap(wrapped: Uint8Array, additionalData: Uint8Array): Promise<Buffer>;
}

/** The key service did not answer, or refused for now. Nothing is stored or used without it; it makes sense to try again. */
export class KeyServiceUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeyServiceUnavailable';
  }
}
