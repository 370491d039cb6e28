import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Header, Pack } from 'tar-stream';
import type { TreeEntry } from './sandbox.ts';
import { impliedFolders } from './tree-path.ts';

/** Two ways to lay out a file tree, as a folder and as a tar archive. The paths must have passed `assertTree`. */

/**
 * Writes a tree into a new folder that no other process knows yet. No link is followed: no path of the tree is inside
 * another one.
 */
export async function writeTree(folder: string, files: readonly TreeEntry[]): Promise<void> {
  for (const path of impliedFolders(files.map((file) => file.path)))
    await mkdir(join(folder, path), { recursive: true });
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    if (file.mode === 'link') await symlink(file.target, path);
    else await writeFile(path, file.content, { flag: 'wx', mode: modeOf(file) });
  }
}

/**
 * Packs a tree as a tar stream. `tar` unpacks it *inside* the sandbox as the sandbox's own user; files written from
 * outside would belong to a user whom the sandbox does not know. All times and owners are zero, so equal trees make
 * equal archives.
 *
 * Names that do not fit into a ustar header (not ASCII, or longer than 100 bytes without a place to split) travel in a
 * pax header. GNU tar and bsdtar read it; busybox's tar does not.
 */
export async function* packTree(files: readonly TreeEntry[]): AsyncGenerator<Uint8Array> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  // An error reaches the reader of the archive. When the reader stops, the archive is destroyed and so ends `addTree`.
  addTree(archive, files).catch((error: unknown) => archive.destroy(error instanceof Error ? error : undefined));
  for await (const chunk of archive) if (chunk instanceof Uint8Array) yield chunk;
}

/**
 * Adds one entry after the other. tar-stream starts a waiting entry by recursion, so 10,000 folders that wait for a
 * large file would overflow the stack and end the process.
 */
async function addTree(archive: Pack, files: readonly TreeEntry[]): Promise<void> {
  for (const folder of impliedFolders(files.map((file) => file.path)))
    await addEntry(archive, { name: `${folder}/`, type: 'directory', mode: 0o755 });
  for (const file of files) {
    if (file.mode === 'link')
      await addEntry(archive, { name: file.path, type: 'symlink', linkname: file.target, mode: 0o777 });
    else await addEntry(archive, { name: file.path, type: 'file', mode: modeOf(file) }, file.content);
  }
  archive.finalize();
}

type Entry = Pick<Header, 'name' | 'type' | 'mode'> & { linkname?: string };

function addEntry(archive: Pack, entry: Entry, content = new Uint8Array()): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  archive.entry({ ...entry, mtime: new Date(0) }, content, (error) => (error ? reject(error) : resolve()));
  return promise;
}

const modeOf = (file: TreeEntry): number => (file.mode === 'executable' ? 0o755 : 0o644);
