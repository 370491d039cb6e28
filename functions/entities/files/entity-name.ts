import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { foldedPath, pathFault } from '../../platform/portable-path.ts';
import { parseEntity } from './entity-file.ts';
import { folderOfKind, type Ontology, stemOfPath } from './ontology.ts';

/**
 * Names of entities and their file names. A file name is ASCII, so different names can have the same file name (Hùng
 * and Hưng, C++ and C#). Then the second one gets a hash of its name, so that two entities never share a file.
 */

/** The library holds 0.5 MB of tables, so a process that writes no name beyond ASCII does not load it. */
const load = createRequire(import.meta.url);
let transliterate: ((text: string) => string) | undefined;

/** Alif and ayn of Arabic and Hebrew. The library writes a sign or nothing for them, and Omar would be `mr.md`. */
const CARRIERS = /[\u0627\u0623\u0671\u0639\u05d0\u05e2]/g;
const CARRIER_OF_I = /\u0625/g;

/**
 * Returns a text in ASCII, by the library `any-ascii`. The same text always gives the same result. Its signs for soft
 * and glottal letters are left out, because a sign would split the word.
 */
function asciiOf(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  transliterate ??= (load('any-ascii') as typeof import('any-ascii')).default;
  const ascii = transliterate;
  const words = text.normalize('NFC').replaceAll(/[\p{L}\p{M}]+/gu, (word) => {
    const written = word.replaceAll(CARRIERS, 'a').replaceAll(CARRIER_OF_I, 'i');
    return ascii(written).replaceAll(/['`]/g, '');
  });
  return ascii(words);
}

const LONGEST_SLUG = 50;

/** Returns a name as a file name: words of ASCII letters and digits in lower case; empty when it has none. */
export function slugOfName(name: string): string {
  return (
    asciiOf(name)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  )
    .join('_')
    .slice(0, LONGEST_SLUG)
    .replace(/_$/, '');
}

/**
 * Returns a name as it is compared: case, white space, quotes, dots and dashes do not count. Accents, vowel signs and
 * other signs do: they tell people apart.
 */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKC').toLowerCase();
  const key = plain.replaceAll(/[\s_.,'’‘"“”\p{Pd}]+/gu, ' ').trim();
  return (/[\p{L}\p{N}]/u.test(key) ? key : plain.trim()).normalize('NFC');
}

const HASH_LETTERS = 8;

/** Returns eight letters for a name. No digits: numbers in a file name tell entities apart. */
function hashOf(name: string): string {
  const bytes = hash('sha256', nameKey(name), 'buffer').subarray(0, HASH_LETTERS);
  return [...bytes].map((byte) => String.fromCharCode(97 + (byte % 26))).join('');
}

/** Returns the path of a name beside a path that another name has. */
export function hashedPath(path: string, name: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const stem = stemOfPath(path).slice(0, LONGEST_SLUG);
  return `${path.slice(0, slash)}${stem}_${hashOf(name)}.md`;
}

/**
 * Returns the paths that a name can have, the best last: files that people named otherwise (`Maya Chen.md`), the plain
 * path, if no disk refuses it, and the path with a hash.
 * @param files the paths of the branch
 */
export function pathsOfName(ontology: Ontology, kind: string, name: string, files: readonly string[]): string[] {
  const folder = `${folderOfKind(ontology, kind)}/`;
  const slug = slugOfName(name);
  const plain = `${folder}${slug}.md`;
  const hashed = hashedPath(slug === '' ? `${folder}${kind}.md` : plain, name);
  const others = files.filter(
    (path) => path.startsWith(folder) && path !== plain && path !== hashed && slugOfName(stemOfPath(path)) === slug,
  );
  return [...others, ...(slug !== '' && pathFault(plain) === undefined ? [plain] : []), hashed];
}

/** What tells whose file it is. */
interface Named {
  path: string;
  name: string;
  aliases?: readonly string[];
}

/**
 * Returns the names of an entity as they are compared. A file name that was made from the name is no name of its own.
 */
export function namesOf({ path, name, aliases = [] }: Named): Set<string> {
  const stem = stemOfPath(path);
  const isMade =
    slugOfName(stem) === slugOfName(name) || path === hashedPath(path.replace(/_[a-z]{8}\.md$/, '.md'), name);
  return new Set([name, ...aliases, ...(isMade ? [] : [stem])].map(nameKey));
}

/** Tells whether a file is about the entity with this name. */
export function isAbout(path: string, text: string, named: Omit<Named, 'path'>): boolean {
  const { name = stemOfPath(path), aliases } = parseEntity(text).frontmatter;
  const own = namesOf({ path, name, aliases });
  return [...namesOf({ path, ...named })].some((key) => own.has(key));
}

/**
 * Returns a function that chooses the path of an entity: the file that is about it, else the plain path if no other
 * entity has it, else the path with a hash. The same name always gets the same path, and two names never do.
 * @param files the paths of the branch
 * @param read returns the text of one of them
 */
export function pathChooser(
  ontology: Ontology,
  files: readonly string[],
  read: (path: string) => string | undefined,
): (kind: string, name: string) => string {
  const given = new Map<string, string>();
  const taken = new Set(files.map(foldedPath));
  return (kind, name) => {
    const key = nameKey(name);
    const paths = pathsOfName(ontology, kind, name, files);
    const isOwn = (path: string) => {
      const text = read(path);
      return given.has(path) ? given.get(path) === key : text !== undefined && isAbout(path, text, { name });
    };
    const path = paths.findLast(isOwn) ?? paths.find((each) => !taken.has(foldedPath(each))) ?? paths.at(-1) ?? '';
    given.set(path, key);
    taken.add(foldedPath(path));
    return path;
  };
}
