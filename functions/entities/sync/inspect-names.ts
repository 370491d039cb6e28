import { isUtf8 } from 'node:buffer';
import { cutText } from '../../platform/cut-text.ts';
import { escapeName } from '../../platform/escape-controls.ts';
import { isLikeGit, LONGEST_PATH } from '../../platform/portable-path.ts';
import { isFileMode } from '../git/object.ts';

/** The limit of the database for the path of a change, in bytes: an index holds it. */
const LONGEST_STORED_BYTES = 2_000;

/** Returns a name that is safe to show. */
export function nameOf(name: Buffer | string): string {
  return cutText(escapeName(name.toString('utf8')), LONGEST_PATH);
}

/**
 * Returns why a memory cannot have an entry of a tree, in any form: what is no regular file, and what git or the
 * database does not take. Names that only some disks refuse are no fault here, see `pathFault`.
 */
export function entryFaults(mode: string, name: Buffer): string[] {
  if (mode === '120000') return ['a symbolic link'];
  if (mode === '160000') return ['a submodule'];
  if (!isFileMode(mode)) return [`mode ${mode} is not that of a regular file`];
  if (!isUtf8(name)) return ['a name that is not valid UTF-8'];
  if (name.length > LONGEST_STORED_BYTES) return [`a path of more than ${LONGEST_STORED_BYTES} bytes`];
  const segments = name.toString('utf8').split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return ['an empty, . or .. segment in the path'];
  if (segments.some(isLikeGit)) return ['a name that git reserves'];
  return [];
}
