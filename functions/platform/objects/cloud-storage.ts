import { PassThrough } from 'node:stream';
import type { Bucket, File, StorageOptions } from '@google-cloud/storage';
import { assertKey, assertPrefix, NoSuchObject, type ObjectStore } from './objects.ts';

/** The JSON API's answer to `ifGenerationMatch: 0` when the object is there. */
const PRECONDITION_FAILED = 412;
const NOT_FOUND = 404;

/**
 * Objects in a bucket. The client is loaded with the first call. An upload is checked by its CRC32C on both ways; a second one under the same key is
 * refused by the bucket, which counts as stored, because the key is the content's hash.
 */
export function cloudStorageObjects(bucketName: string, options: StorageOptions = {}): ObjectStore {
  let connected: Promise<Bucket> | undefined;
  const bucket = () => {
    connected ??= connect(bucketName, options);
    return connected;
  };
  const file = async (key: string) => (await bucket()).file(key);
  return {
    put: async (key, bytes) => {
      const object = await file(assertKey(key));
      await object
        .save(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
          // One request: what we store is megabytes at most, and a resumable upload takes two.
          resumable: false,
          validation: 'crc32c',
          contentType: 'application/octet-stream',
          preconditionOpts: { ifGenerationMatch: 0 },
        })
        .catch((error: unknown) => {
          if (statusOf(error) !== PRECONDITION_FAILED) throw error;
        });
    },
    get: async (key) => {
      const object = await file(assertKey(key));
      const [bytes] = await object.download({ validation: 'crc32c' }).catch((error: unknown) => {
        throw explain(error, key);
      });
      return bytes;
    },
    open: (key) => {
      assertKey(key);
      const stream = new PassThrough();
      read(key, file(key), stream).catch((error: unknown) => stream.destroy(explain(error, key)));
      return stream;
    },
    remove: async (key) => {
      const object = await file(assertKey(key));
      await object.delete({ ignoreNotFound: true });
    },
    removePrefix: async (prefix) => {
      const all = await bucket();
      await all.deleteFiles({ prefix: assertPrefix(prefix) });
    },
  };
}

async function connect(bucketName: string, options: StorageOptions): Promise<Bucket> {
  const { Storage } = await import('@google-cloud/storage');
  return new Storage(options).bucket(bucketName);
}

/** Not `pipeline`, which would end the reader's stream with the client's own error. */
async function read(key: string, file: Promise<File>, into: PassThrough): Promise<void> {
  const source = (await file).createReadStream({ validation: 'crc32c' });
  source.once('error', (error) => into.destroy(explain(error, key)));
  into.once('close', () => source.destroy());
  source.pipe(into);
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function explain(error: unknown, key: string): Error {
  if (statusOf(error) === NOT_FOUND) return new NoSuchObject(key, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
