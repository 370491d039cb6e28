import { isUtf8 } from 'node:buffer';
import { escapeControls } from '../../platform/escape-controls.ts';
import { isFileMode } from '../git/object.ts';

/** What may not be among the files of a memory that a sync writes: what a disk, or git, would take for something else. */

/** Names that some disks take for `.git` as well: short names of NTFS, its streams, dots and blanks at the end. */
const LIKE_GIT = /^(?:\.git[ .]*(?::.*)?|git~[0-9]+)$/i;
/** What memory's tables hold: the path of a change, and the name of a tree's entry. */
const LONGEST_PATH = 300;
const LONGEST_NAME_BYTES = 255;

/** A name as it can be shown, whatever it holds. */
export function nameOf(name: Buffer): string {
  return escapeControls(name.toString('utf8')).replaceAll('\n', '\\n').slice(0, LONGEST_PATH);
}

export function entryFaults(mode: string, name: Buffer): string[] {
  if (mode === '120000') return ['a symbolic link'];
  if (mode === '160000') return ['a submodule'];
  if (!isFileMode(mode)) return [`of mode ${mode}, which is no regular file’s`];
  if (!isUtf8(name)) return ['a name that is no text'];
  const path = name.toString('utf8');
  if (path.length > LONGEST_PATH) return [`a path of more than ${LONGEST_PATH} characters`];
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return ['no plain path'];
  if (segments.some((segment) => LIKE_GIT.test(segment))) return ['a name of git’s own'];
  if (segments.some((segment) => Buffer.byteLength(segment) > LONGEST_NAME_BYTES)) return ['a name that is too long'];
  return [];
}

/** Paths that cannot lie beside each other: a file that is a folder as well, or names that differ in nothing but case or the way they are composed. */
export function collisions(paths: Iterable<string>): string[] {
  const faults: string[] = [];
  const files = new Set(paths);
  const seen = new Map<string, string>();
  for (const path of files) {
    const segments = path.split('/');
    for (let length = 1; length <= segments.length; length += 1) {
      const part = segments.slice(0, length).join('/');
      const folded = part.normalize('NFC').toLowerCase();
      const other = seen.get(folded);
      if (other !== undefined && other !== part) faults.push(`${part}: some disks take it for ${other}`);
      else if (length < segments.length && files.has(part)) faults.push(`${part}: a file and a folder`);
      seen.set(folded, part);
    }
  }
  return [...new Set(faults)];
}
