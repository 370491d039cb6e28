import { environment } from '../environment.ts';

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

let opened: Promise<KeyEncryption> | undefined;

/**
 * This process's key: `SECRETS_KMS_KEY`, else a file of the laptop.
 * @throws Error on Cloud Run without `SECRETS_KMS_KEY`: a key in a file of an instance would be gone with it
 */
export function openKeyEncryption(): Promise<KeyEncryption> {
  opened ??= connect();
  return opened;
}

/** Puts another key in its place, for tests of a key service. */
export function useKeyEncryption(keyEncryption: KeyEncryption | undefined): void {
  opened = keyEncryption && Promise.resolve(keyEncryption);
}

async function connect(): Promise<KeyEncryption> {
  if (environment.SECRETS_KMS_KEY) {
    const { cloudKms } = await import('./cloud-kms.ts');
    return cloudKms(environment.SECRETS_KMS_KEY);
  }
  if (environment.isCloud) throw new Error('SECRETS_KMS_KEY is missing: secrets of tenants cannot be encrypted');
  const { localKeyEncryption } = await import('./local-key-encryption.ts');
  return localKeyEncryption();
}
