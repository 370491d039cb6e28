/**
 * Paths that every disk takes: Linux, macOS and Windows, also when the disk ignores case. A memory writes no other
 * path, and a sync reports each other path of a linked repository.
 */

/** The limits of ext4, APFS and NTFS for a name, and of the database for a path. */
const LONGEST_NAME_BYTES = 255;
export const LONGEST_PATH = 300;

/** Device names of Windows, with any extension ("Naming Files, Paths, and Namespaces", Microsoft Learn). */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;
/**
 * Names that some file systems take for `.git` (`is_ntfs_dotgit` of git): the short name `git~1`, dots and spaces at
 * the end, and a stream such as `.git::$INDEX_ALLOCATION`.
 */
const LIKE_GIT = /^(?:\.git|git~[0-9]+)[ .]*(?::|$)/i;
/** Invisible characters. HFS+ ignores some of them in names (`is_hfs_dotgit` of git). */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;
/** A slash, a backslash or a control character for a program that decodes URLs, once or more often. */
const ENCODED_SEPARATOR = /%(?:25)*(?:2f|5c|[01][0-9a-f]|7f)/i;
const ENCODED_DOTS = /^(?:\.|%(?:25)*2e){1,2}$/i;

/** Tells whether a file system can take this name, or a part of it on Windows, for `.git`. */
export function isLikeGit(name: string): boolean {
  return name
    .replaceAll(IGNORED, '')
    .split('\\')
    .some((part) => LIKE_GIT.test(part));
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

/**
 * Returns why some disk refuses a name, or takes it for another. `allowed` lists characters that only Windows refuses
 * and that the caller takes in any case.
 */
export function nameFault(name: string, allowed = ''): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'an empty, . or .. segment in the path';
  if (isLikeGit(name)) return 'a name that git reserves';
  if (DEVICE.test(name)) return 'a name that Windows reserves';
  if ([...'<>:"|?*\\'].some((character) => name.includes(character) && !allowed.includes(character)))
    return 'a name with one of < > : " | ? * \\, which Windows refuses';
  if (/\p{Cc}/u.test(name)) return 'a name with a control character';
  if (!name.isWellFormed()) return 'a name that is not valid Unicode';
  if (/[. ]$/.test(name)) return 'a name that ends with a dot or a space, which Windows removes';
  if (ENCODED_SEPARATOR.test(name) || ENCODED_DOTS.test(name)) return 'a name with an encoded separator or ..';
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

/** Paths by how a disk compares them that ignores case. */
export interface CaseIndex {
  add(path: string): void;
  /**
   * Returns a path that differs from this path, or from a folder above it, only in case. A pair that differs only in
   * Unicode normalisation is not found: only macOS confuses it, and names in both forms occur.
   */
  find(path: string): string | undefined;
}

export function caseIndex(paths: Iterable<string>): CaseIndex {
  const seen = new Map<string, string>();
  const partsOf = (path: string) => path.split('/').map((_, index, segments) => segments.slice(0, index + 1).join('/'));
  const add = (path: string) => {
    for (const part of partsOf(path)) {
      const folded = foldedPath(part);
      if (!seen.has(folded)) seen.set(folded, part);
    }
  };
  for (const path of paths) add(path);
  return {
    add,
    find: (path) =>
      partsOf(path)
        .map((part) => [part, seen.get(foldedPath(part))])
        .find(([part, same]) => same !== undefined && same.normalize('NFC') !== part?.normalize('NFC'))?.[1],
  };
}
