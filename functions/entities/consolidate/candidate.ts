import { hash } from 'node:crypto';
import { parseEntity } from '../files/entity-file.ts';
import { indexEntry } from '../files/entity-index.ts';
import { namesOf, slugOfName } from '../files/entity-name.ts';
import { fieldOf } from '../files/frontmatter.ts';
import { RELATED, withoutRelated } from '../files/links.ts';
import { typeOfFile } from '../files/ontology.ts';
import { stemOf } from './merge-entities.ts';

/** An entity and the names that texts use for it. */
interface NamedEntity {
  path: string;
  /** The name and the aliases, as they are written. */
  called: readonly string[];
}

/** An entity file, prepared for the comparison with others. */
export interface Candidate extends NamedEntity {
  text: string;
  type: string;
  /** As it is written. */
  name: string;
  /** The name, the aliases and the file name as `nameKey` compares them: with accents. */
  names: ReadonlySet<string>;
  /** Slugs of the name, the aliases and the file name: lower case, without accents and punctuation. */
  slugs: ReadonlySet<string>;
  /** Words of the slugs. */
  nameWords: ReadonlySet<string>;
  /** Numbers in the name and the file name. Files with different numbers or dates are never the same entity. */
  numbers: string;
  words: ReadonlySet<string>;
  /** The text of all blocks but the block of links. */
  said: string;
  /** The file that this file was split from. */
  partedFrom: string | undefined;
  /** {@link contentHash} of the text. */
  seen: string;
}

/** Returns a function that prepares files and caches the result by text: each round compares mostly the same texts. */
export function candidateReader(): (path: string, text: string) => Candidate {
  const read = new Map<string, Candidate>();
  return (path, text) => {
    const known = read.get(path);
    if (known?.text === text) return known;
    const fresh = candidateOf(path, text);
    read.set(path, fresh);
    return fresh;
  };
}

export function candidateOf(path: string, text: string): Candidate {
  const { name, aliases } = indexEntry(path, text);
  const slugs = new Set([name, ...aliases, stemOf(path)].map(slugOfName).filter((slug) => slug !== ''));
  const blocks = parseEntity(text).blocks.filter(({ id }) => id !== RELATED);
  const said = blocks.map((block) => `${block.heading}\n${block.text}`).join('\n');
  return {
    path,
    text,
    type: typeOfFile(path, text),
    name,
    called: [name, ...aliases],
    names: namesOf({ path, name, aliases }),
    slugs,
    nameWords: new Set([...slugs].flatMap((slug) => slug.split('_'))),
    numbers: [...new Set(`${slugOfName(name)}_${stemOf(path)}`.match(/\d+/g) ?? [])].sort().join(' '),
    words: new Set(said.toLowerCase().match(/\p{L}{4,}|\p{N}{2,}/gu) ?? []),
    said,
    partedFrom: fieldOf(text, 'parted_from'),
    seen: contentHash(text),
  };
}

/**
 * Returns a hash of everything in a file but its links. A new hash means that an earlier decision about the file must
 * be made again.
 */
export function contentHash(text: string): string {
  return hash('sha1', withoutRelated(text), 'hex').slice(0, 16);
}

/**
 * Returns a function that finds which entities a text names. Names match as whole words with their capitals ("Will" is
 * a person, "will" is not). A name of two entities matches neither.
 */
export function nameFinder(entities: Iterable<NamedEntity>): (text: string) => string[] {
  const owners = new Map<string, string | undefined>();
  for (const { path, called } of entities) {
    for (const name of new Set(called.map((each) => wordsOf(each).join(' ')))) {
      if (!isDistinctive(name)) continue;
      owners.set(name, owners.has(name) && owners.get(name) !== path ? undefined : path);
    }
  }
  const lengths = lengthsByFirstWord(owners.keys());
  return (text) => {
    const words = wordsOf(text);
    const found = new Set<string>();
    for (let at = 0; at < words.length; at += 1) {
      // The longest name wins: "Maya Chen" does not match "Maya" as well.
      for (const length of lengths.get(words[at] ?? '') ?? []) {
        const path = owners.get(words.slice(at, at + length).join(' '));
        if (path === undefined) continue;
        found.add(path);
        at += length - 1;
        break;
      }
    }
    return [...found];
  };
}

/** Maps the first word of names to the numbers of words that these names have, the longest first. */
function lengthsByFirstWord(names: Iterable<string>): Map<string, number[]> {
  const lengths = new Map<string, number[]>();
  for (const name of names) {
    const [first = '', ...rest] = name.split(' ');
    const known = new Set(lengths.get(first)).add(rest.length + 1);
    lengths.set(
      first,
      [...known].sort((one, other) => other - one),
    );
  }
  return lengths;
}

const MAX_NAME_WORDS = 8;

/** Excludes short names, and single words in lower case, which are ordinary words. */
function isDistinctive(name: string): boolean {
  const words = name.split(' ');
  return (
    name.length >= 3 &&
    words.length <= MAX_NAME_WORDS &&
    (words.length > 1 || /^\P{Ll}/u.test(name)) &&
    /\p{L}/u.test(name)
  );
}

function wordsOf(text: string): string[] {
  return (text.normalize('NFKC').match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)?/gu) ?? []).map((word) =>
    word.replace(/['’]s$/u, ''),
  );
}
