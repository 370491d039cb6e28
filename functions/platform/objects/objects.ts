import type { Readable } from 'node:stream';

/**
 * Stores blobs under keys. A blob is written once and never changed, because its key contains its SHA-256. There are
 * two stores, Cloud Storage and a folder on a laptop; one test checks both for the same behaviour.
 */
export interface ObjectStore {
  /** Stores the bytes durably. A key that exists counts as stored. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Stores a stream durably. Returns false, and stores nothing, when the key exists. A stream that fails leaves no
   * object.
   * @throws what the stream throws
   */
  write(key: string, source: AsyncIterable<Uint8Array>): Promise<boolean>;
  /**
   * Returns a request with which anybody can create the object until it expires, with exactly this number of bytes.
   * Undefined for a folder, which nobody reaches but through our endpoints.
   */
  signUpload(key: string, upload: { bytes: number; seconds: number }): Promise<SignedUpload | undefined>;
  /** @throws NoSuchObject */
  get(key: string): Promise<Buffer>;
  /** Returns a stream of the bytes. The stream fails with NoSuchObject. */
  open(key: string): Readable;
  /** Removes the object. Idempotent. */
  remove(key: string): Promise<void>;
  /** Removes every object whose key starts with the prefix. The prefix ends with `/`. */
  removePrefix(prefix: string): Promise<void>;
}

/** A PUT that needs no token. The signature covers the headers, so they must be sent as they are. */
export interface SignedUpload {
  url: string;
  headers: Record<string, string>;
}

export class NoSuchObject extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`There is no object ${key}`, options);
    this.name = 'NoSuchObject';
  }
}

/** Returns the key of a tenant's blob. The two hash digits in its path keep folders small. */
export function blobKey(tenantId: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new Error(`A blob's name must be the hexadecimal SHA-256 of its bytes, not ${sha256}`);
  return assertKey(`tenants/${tenantId}/blobs/${sha256.slice(0, 2)}/${sha256}`);
}

/**
 * Returns the key if it is a relative path of plain segments, which means the same in a folder and in a bucket.
 * @throws Error
 */
export function assertKey(key: string): string {
  const isKey = key.length <= 512 && key.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!isKey)
    throw new Error(
      `An object key must be a path of letters, digits, dots, dashes and underscores, not ${JSON.stringify(key)}`,
    );
  return key;
}

/** Returns the prefix if it is a key followed by a slash. @throws Error */
export function assertPrefix(prefix: string): string {
  if (!prefix.endsWith('/'))
    throw new Error(`A prefix of object keys must end with a slash, not ${JSON.stringify(prefix)}`);
  assertKey(prefix.slice(0, -1));
  return prefix;
}
