import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { jsonText } from '../../platform/models/parse-json.ts';
import type { TreeEntry } from './sandbox.ts';
import { assertTree, parentFolders } from './tree-path.ts';

/**
 * A generated folder as one value, so that an environment of thousands of files takes one row and one blob. The value
 * is compressed: the length of a JSON list of entries in four bytes, the list, and the contents in its order. It has no
 * times, so equal folders are equal values. Links are kept: environments need them, and only the sandbox follows them.
 */

/** Three times a project with React and its build tools. */
export const PACKED_LIMITS = { entries: 20_000, bytes: 96 * 1024 * 1024 };

const Entry = z.union([
  z.strictObject({ path: z.string(), mode: z.enum(['regular', 'executable']), size: z.int().nonnegative() }),
  z.strictObject({ path: z.string(), link: z.string().min(1).max(4_096) }),
]);
const Entries = z.array(Entry).max(PACKED_LIMITS.entries);
const LENGTH_BYTES = 4;
/** Level 9 takes three times as long as level 4 and saves 3 %. */
const COMPRESSION = { level: 4 };

/** Packs entries whose paths are relative to the folder. */
export async function packFolder(entries: readonly TreeEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const listed = sorted.map(
    (entry): z.infer<typeof Entry> =>
      entry.mode === 'link'
        ? { path: entry.path, link: entry.target }
        : { path: entry.path, mode: entry.mode, size: entry.content.byteLength },
  );
  const list = Buffer.from(JSON.stringify(listed));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(list.length);
  const contents = sorted.flatMap((entry) => (entry.mode === 'link' ? [] : [entry.content]));
  return new Uint8Array(await promisify(gzip)(Buffer.concat([length, list, ...contents]), COMPRESSION));
}

/**
 * Unpacks a folder. The paths begin with the folder.
 * @throws Error when the value was not made by `packFolder`
 */
export async function unpackFolder(folder: string, packed: Uint8Array): Promise<TreeEntry[]> {
  const maxOutputLength = PACKED_LIMITS.bytes + 16 * 1024 * 1024;
  const bytes: Buffer = await promisify(gunzip)(packed, { maxOutputLength });
  const start = LENGTH_BYTES + bytes.readUInt32BE(0);
  const listed = jsonText(Entries).parse(bytes.toString('utf8', LENGTH_BYTES, start));
  let at = start;
  const entries = listed.map((entry): TreeEntry => {
    const path = `${folder}/${entry.path}`;
    if ('link' in entry) return { path, mode: 'link', target: entry.link };
    at += entry.size;
    return { path, mode: entry.mode, content: new Uint8Array(bytes.subarray(at - entry.size, at)) };
  });
  assertTree(listed.map((entry) => entry.path));
  if (at !== bytes.length) throw new Error(`The packed folder ${folder} is not whole`);
  return entries;
}

/** Returns the files of a request, and those files and links of its folders that no file replaces. */
export async function entriesOf(request: {
  files: readonly TreeEntry[];
  folders?: readonly { path: string; content: Uint8Array }[] | undefined;
}): Promise<TreeEntry[]> {
  const entries = [...request.files];
  const files = new Set(request.files.map((file) => file.path));
  const parents = new Set(request.files.flatMap((file) => parentFolders(file.path)));
  const isFree = ({ path }: TreeEntry) =>
    !files.has(path) && !parents.has(path) && !parentFolders(path).some((folder) => files.has(folder));
  for (const { path, content } of request.folders ?? [])
    entries.push(...(await unpackFolder(path, content)).filter(isFree));
  assertTree(entries.map((entry) => entry.path));
  return entries;
}
