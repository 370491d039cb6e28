import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';

/**
 * Returns the files of a folder that contain a word, in any case: as it is, within data that zlib or gzip compressed,
 * or compressed by Postgres. Its pglz keeps the first occurrence of a word, with a control byte between every eight
 * characters, so one byte is allowed between any two characters. Give a random ASCII word of 12 letters or more.
 */
export function findTraces(folder: string, word: string): string[] {
  const letters = [...word].map((letter) => letter.replace(/[^\w]/, '\\$&'));
  const pattern = new RegExp(letters.join('[^]?'), 'i');
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    const isFound = pattern.test(content.toString('latin1')) || unpacked(content).some((text) => pattern.test(text));
    return isFound ? [path] : [];
  });
}

/** Returns everything in a file that can be unpacked, at whatever position it begins. */
function unpacked(content: Buffer): string[] {
  const found: string[] = [];
  for (const [head, unpack] of [
    [Buffer.from([0x78, 0x01]), inflateSync],
    [Buffer.from([0x78, 0x9c]), inflateSync],
    [Buffer.from([0x78, 0xda]), inflateSync],
    [Buffer.from([0x1f, 0x8b]), gunzipSync],
  ] as const)
    for (let at = content.indexOf(head); at >= 0; at = content.indexOf(head, at + 1)) {
      try {
        found.push(unpack(content.subarray(at, at + 1_000_000)).toString('latin1'));
      } catch {
        // These bytes are not the beginning of compressed data.
      }
    }
  return found;
}
