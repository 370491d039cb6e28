import { isUtf8 } from 'node:buffer';
import { cutText } from '../../platform/cut-text.ts';
import { escapeControls } from '../../platform/escape-controls.ts';
import { isFileMode } from '../git/object.ts';

/**
 * Checks the names of files that a sync writes into a memory. Rejects names that a file system or git would take for
 * something else.
 */

/** Names that some file systems take for `.git`: NTFS short names and streams, trailing dots and spaces. */
const LIKE_GIT = /^(?:\.git[ .]*(?::.*)?|git~[0-9]+)$/i;
/** The limits of the database: the path of a change, and the name of a tree entry. */
const LONGEST_PATH = 300;
const LONGEST_NAME_BYTES = 255;

/** Returns a name that is safe to show. */
export function nameOf(name: Buffer): string {
  return cutText(escapeControls(name.toString('utf8')).replaceAll('\n', '\\n'), LONGEST_PATH);
}

export function entryFaults(mode: string, name: Buffer): string[] {
  if (mode === '120000') return ['a symbolic link'];
  if (mode === '160000') return ['a submodule'];
  if (!isFileMode(mode)) return [`mode ${mode} is not that of a regular file`];
  if (!isUtf8(name)) return ['a name that is not valid UTF-8'];
  const path = name.toString('utf8');
  if (path.length > LONGEST_PATH) return [`a path of more than ${LONGEST_PATH} characters`];
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return ['an empty, . or .. segment in the path'];
  if (segments.some((segment) => LIKE_GIT.test(segment))) return ['a name that git reserves'];
  if (segments.some((segment) => Buffer.byteLength(segment) > LONGEST_NAME_BYTES)) return ['a name that is too long'];
  return [];
}

/**
 * Returns paths that cannot exist together: a file that is also a folder, or names that differ only in case or Unicode
 * normalisation.
 */
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
      if (other !== undefined && other !== part) faults.push(`${part}: some file systems confuse it with ${other}`);
      else if (length < segments.length && files.has(part)) faults.push(`${part}: a file and a folder`);
      seen.set(folded, part);
    }
  }
  return [...new Set(faults)];
}
