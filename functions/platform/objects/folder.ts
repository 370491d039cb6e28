import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assertKey, assertPrefix, NoSuchObject, type ObjectStore } from './objects.ts';

/**
 * Stores objects in a folder on a laptop. A file gets its key's name only after all of it is on the disk, so a crash
 * leaves no partial object.
 */
export function folderObjects(folder: string): ObjectStore {
  const pathOf = (key: string) => join(folder, assertKey(key));
  return {
    put: async (key, bytes) => {
      const path = pathOf(key);
      if (await exists(path)) return;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const draft = join(folder, `.draft-${randomUUID()}`);
      try {
        await writeDurably(draft, bytes);
        await rename(draft, path);
      } finally {
        await rm(draft, { force: true });
      }
    },
    write: async (key, source) => {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const draft = join(folder, `.draft-${randomUUID()}`);
      try {
        await pipeline(source, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }));
        return await linkNew(draft, path);
      } finally {
        await rm(draft, { force: true });
      }
    },
    signUpload: async () => undefined,
    get: (key) =>
      readFile(pathOf(key)).catch((error: unknown) => {
        throw explain(error, key);
      }),
    open: (key) => {
      const source = createReadStream(pathOf(key));
      const stream = new PassThrough();
      source.once('error', (error) => stream.destroy(explain(error, key)));
      stream.once('close', () => source.destroy());
      return source.pipe(stream);
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    removePrefix: (prefix) => rm(join(folder, assertPrefix(prefix)), { recursive: true, force: true }),
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file another name. Returns false when the name is taken; a rename would replace the other file. */
async function linkNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function explain(error: unknown, key: string): Error {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
    return new NoSuchObject(key, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
