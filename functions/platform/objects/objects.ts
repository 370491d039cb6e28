import type { Readable } from 'node:stream';

/**
 * Blobs: bytes under a key, written once and never changed, because the key holds their SHA-256. Two stores: Cloud Storage, and a folder on a
 * laptop; a test runs both through the same promises.
 */
export interface ObjectStore {
  /** Stores the bytes. A key that is there counts as stored. When it returns, the bytes are durable. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws NoSuchObject */
  get(key: string): Promise<Buffer>;
  /** A stream of the bytes, which fails with NoSuchObject. */
  open(key: string): Readable;
  /** Removing what is not there is no fault. */
  remove(key: string): Promise<void>;
  /** Removes every object whose key begins with the prefix, which ends in `/`. */
  removePrefix(prefix: string): Promise<void>;
}

export class NoSuchObject extends Error {
  constructor(key: string, options?: ErrorOptions) {
    super(`There is no object ${key}`, options);
    this.name = 'NoSuchObject';
  }
}

/** The key of a tenant's blob, by its content. The two digits keep folders small. */
export function blobKey(tenantId: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('A blob is named by the hexadecimal SHA-256 of its bytes');
  return assertKey(`tenants/${tenantId}/blobs/${sha256.slice(0, 2)}/${sha256}`);
}

/** A key is a relative path of plain segments, so it means the same in a folder and in a bucket. @throws Error */
export function assertKey(key: string): string {
  const isKey = key.length <= 512 && key.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment));
  if (!isKey) throw new Error('An object key is a path of segments of letters, digits, dots, dashes and underscores');
  return key;
}

/** @throws Error */
export function assertPrefix(prefix: string): string {
  if (!prefix.endsWith('/')) throw new Error('A prefix of object keys ends in a slash');
  assertKey(prefix.slice(0, -1));
  return prefix;
}
