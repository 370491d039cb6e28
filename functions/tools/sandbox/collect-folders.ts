import { isUtf8 } from 'node:buffer';
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { PACKED_LIMITS, packFolder } from './packed-folder.ts';
import { readRegular } from './read-regular.ts';
import type { TreeEntry } from './sandbox.ts';
import { describePathFault } from './tree-path.ts';

/** A generated folder of the tree. Its entries may be incomplete when `fault` is set. */
export interface GeneratedFolder {
  path: string;
  isKept: boolean;
  files: { path: string; stats: Stats }[];
  links: { path: string; target: string }[];
  /** Why later commands do not get the folder. */
  fault?: string;
}

const STATS_PER_TURN = 200;

/**
 * Finds the files and links of a generated folder. Follows no link. Sockets and the like, and names that are not UTF-8,
 * are left out. Compiled Python is left out, because it changes with each command and is made again.
 */
export async function walkGenerated(root: string, path: string, isKept: boolean): Promise<GeneratedFolder> {
  const found: GeneratedFolder = { path, isKept, files: [], links: [] };
  const open = [path];
  let bytes = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const names = await readdir(`${root}/${folder}`, { encoding: 'buffer' }).catch(() => []);
    for (const [index, name] of names.filter((entry) => isUtf8(entry)).entries()) {
      if (index % STATS_PER_TURN === 0) await setImmediate();
      const inside = `${folder}/${name.toString('utf8')}`;
      if (describePathFault(inside) !== undefined) continue;
      const stats = lstatSync(`${root}/${inside}`, { throwIfNoEntry: false });
      if (stats?.isDirectory()) {
        if (name.toString('utf8') !== '__pycache__') open.push(inside);
      } else if (stats?.isSymbolicLink()) found.links.push({ path: inside, target: readlinkSync(`${root}/${inside}`) });
      else if (stats?.isFile()) {
        found.files.push({ path: inside, stats });
        bytes += stats.size;
      }
      if (found.files.length + found.links.length > PACKED_LIMITS.entries || bytes > PACKED_LIMITS.bytes) {
        const most = `${PACKED_LIMITS.entries} files or ${PACKED_LIMITS.bytes} bytes`;
        return { ...found, fault: `more than ${most}: too large to keep for later commands` };
      }
    }
  }
  return found;
}

/** Packs a folder. Its entries are named relative to it. */
export async function packGenerated(root: string, folder: GeneratedFolder): Promise<Uint8Array<ArrayBuffer>> {
  const start = folder.path.length + 1;
  const entries: TreeEntry[] = folder.links
    .filter(({ target }) => target !== '' && target.isWellFormed())
    .map(({ path, target }) => ({ path: path.slice(start), mode: 'link', target }));
  for (const { path, stats } of folder.files) {
    const content = await readRegular(`${root}/${path}`);
    const mode = (stats.mode & 0o100) === 0 ? 'regular' : 'executable';
    if (content !== undefined) entries.push({ path: path.slice(start), mode, content: new Uint8Array(content) });
  }
  return await packFolder(entries);
}
