import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bucket, File, StorageOptions } from '@google-cloud/storage';
import { assertKey, assertPrefix, NoSuchObject, type ObjectStore } from './objects.ts';

/** The status of the JSON API for `ifGenerationMatch: 0` when the object exists. */
const PRECONDITION_FAILED = 412;
const NOT_FOUND = 404;

/** An object is created and never replaced. Nobody guesses a type from its content. */
const CREATION = {
  validation: 'crc32c',
  contentType: 'application/octet-stream',
  preconditionOpts: { ifGenerationMatch: 0 },
} as const;

/**
 * Stores objects in a bucket. The client is loaded with the first call. Uploads and downloads are verified by CRC32C.
 * The bucket rejects a second upload of the same key; that counts as stored, because the key is the hash of the
 * content.
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
          ...CREATION,
          // One request instead of two: objects have a few megabytes at most.
          resumable: false,
        })
        .catch((error: unknown) => {
          if (statusOf(error) !== PRECONDITION_FAILED) throw error;
        });
    },
    write: async (key, source) => {
      const object = await file(assertKey(key));
      const target = object.createWriteStream({ ...CREATION, resumable: false });
      try {
        await pipeline(source, target);
        return true;
      } catch (error) {
        if (statusOf(error) === PRECONDITION_FAILED) return false;
        throw error;
      }
    },
    signUpload: async (key, { bytes, seconds }) => {
      const object = await file(assertKey(key));
      // The range is exact, and an object is created once: bytes that were checked cannot be replaced.
      const bound = { 'x-goog-content-length-range': `${bytes},${bytes}`, 'x-goog-if-generation-match': '0' };
      const [url] = await object.getSignedUrl({
        version: 'v4',
        action: 'write',
        expires: Date.now() + seconds * 1000,
        contentType: CREATION.contentType,
        extensionHeaders: bound,
        // The host names the bucket, so that the console's policy can allow this bucket and no other.
        virtualHostedStyle: true,
      });
      return { url, headers: { 'content-type': CREATION.contentType, ...bound } };
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

/**
 * Copies the file into the stream. `pipeline` is not used, because it would end the stream with the client's error
 * instead of {@link explain}'s.
 */
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
