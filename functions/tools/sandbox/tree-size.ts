import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxLimits } from './limits.ts';
import type { SandboxResult, TreeEntry } from './sandbox.ts';
import { parentFolders } from './tree-path.ts';

/** A file system in memory stores files in whole pages. */
const PAGE_BYTES = 4096;

/** Returns the result for a tree that cannot fit, before anything is started for it. */
export function describeTooLarge(files: readonly TreeEntry[], limits: SandboxLimits): SandboxResult | undefined {
  const pages = files.reduce(
    (total, file) => total + Math.ceil((file.mode === 'link' ? 0 : file.content.byteLength) / PAGE_BYTES),
    0,
  );
  const folders = new Set(files.flatMap((file) => parentFolders(file.path)));
  const isTooLarge = pages * PAGE_BYTES >= limits.diskBytes || files.length + folders.size >= limits.diskInodes;
  return isTooLarge ? treeTooLarge() : undefined;
}

export function treeTooLarge(): SandboxResult {
  return {
    status: 'limit_exceeded',
    limit: 'disk',
    stdout: '',
    stderr: 'The file tree is larger than the sandbox.\n',
    stdout_truncated: false,
    stderr_truncated: false,
    changed: [],
    deleted: [],
    not_kept: [],
    duration_ms: 0,
  };
}

/** Tells whether the files in folders exceed the limits. Follows no links. A command may change the files meanwhile. */
export async function isTreeTooLarge(folders: readonly string[], limits: SandboxLimits): Promise<boolean> {
  let bytes = 0;
  let inodes = 0;
  const open = [...folders];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    inodes += entries.length;
    for (const entry of entries) {
      if (entry.isDirectory()) open.push(join(folder, entry.name));
      // Counts blocks, because a sparse file takes no room.
      else
        bytes += await lstat(join(folder, entry.name)).then(
          ({ blocks }) => blocks * 512,
          () => 0,
        );
    }
    if (bytes > limits.diskBytes || inodes > limits.diskInodes) return true;
  }
  return false;
}
