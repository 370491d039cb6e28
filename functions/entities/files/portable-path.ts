/**
 * Paths that every disk takes: Linux, macOS and Windows, also when the disk ignores case. A memory writes no other
 * path, and a sync reports each other path of a linked repository.
 */

/** The limits of ext4, APFS and NTFS for a name, and of the database for a path. */
const LONGEST_NAME_BYTES = 255;
export const LONGEST_PATH = 300;

/** Device names of Windows, with any extension ("Naming Files, Paths, and Namespaces", Microsoft Learn). */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;
/** Names that some file systems take for `.git`: NTFS short names and streams, trailing dots and spaces. */
const LIKE_GIT = /^(?:\.git[ .]*(?::.*)?|git~[0-9]+)$/i;
/** Characters that HFS+ ignores in names (`is_hfs_dotgit` of git). */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Tells whether a file system can take this name for `.git`. */
export function isLikeGit(name: string): boolean {
  return LIKE_GIT.test(name.replaceAll(IGNORED, ''));
}

/** Returns why some disk refuses a path; undefined for a portable path. */
export function pathFault(path: string): string | undefined {
  if (path.length > LONGEST_PATH) return `a path of more than ${LONGEST_PATH} characters`;
  for (const name of path.split('/')) {
    const fault = nameFault(name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function nameFault(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'an empty, . or .. segment in the path';
  if (isLikeGit(name)) return 'a name that git reserves';
  if (DEVICE.test(name)) return 'a name that Windows reserves';
  if (/[<>:"|?*\\]/.test(name)) return 'a name with one of < > : " | ? * \\, which Windows refuses';
  if (/\p{Cc}/u.test(name)) return 'a name with a control character';
  if (!name.isWellFormed()) return 'a name that is not valid Unicode';
  if (/[. ]$/.test(name)) return 'a name that ends with a dot or a space, which Windows removes';
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) return `a name of more than ${LONGEST_NAME_BYTES} bytes`;
  return undefined;
}

/** Returns a path as a disk compares it that ignores case and Unicode normalisation. */
export function foldedPath(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC');
}

/**
 * Returns paths that cannot exist together: a file that is also a folder (`clashes`, on every disk), or names that
 * differ only in case or Unicode normalisation (`confusions`, on some disks).
 */
export function collisions(paths: Iterable<string>): { clashes: string[]; confusions: string[] } {
  const clashes = new Set<string>();
  const confusions = new Set<string>();
  const files = new Set(paths);
  const seen = new Map<string, string>();
  for (const path of files) {
    const segments = path.split('/');
    for (let length = 1; length <= segments.length; length += 1) {
      const part = segments.slice(0, length).join('/');
      const folded = foldedPath(part);
      const other = seen.get(folded);
      if (other !== undefined && other !== part) confusions.add(`${part}: some file systems confuse it with ${other}`);
      else if (length < segments.length && files.has(part)) clashes.add(`${part}: a file and a folder`);
      seen.set(folded, other ?? part);
    }
  }
  return { clashes: [...clashes], confusions: [...confusions] };
}
