import { join } from 'node:path';
import { environment } from '../environment.ts';
import { localHome } from '../process/local-home.ts';
import type { ObjectStore } from './objects.ts';

let opened: Promise<ObjectStore> | undefined;

/** Returns this process's object store: the bucket `STORAGE_BUCKET`, otherwise a folder on the laptop. */
export function openObjects(): Promise<ObjectStore> {
  opened ??= connect();
  return opened;
}

/** Describes where the objects are, for people. */
export function describeObjects(): string {
  return environment.STORAGE_BUCKET
    ? `Cloud Storage bucket ${environment.STORAGE_BUCKET}`
    : join(localHome(), 'objects');
}

async function connect(): Promise<ObjectStore> {
  if (environment.STORAGE_BUCKET) {
    const { cloudStorageObjects } = await import('./cloud-storage.ts');
    return cloudStorageObjects(environment.STORAGE_BUCKET);
  }
  const { folderObjects } = await import('./folder.ts');
  return folderObjects(join(localHome(), 'objects'));
}
