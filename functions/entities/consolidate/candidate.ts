import { hash } from 'node:crypto';
import { parseEntity } from '../files/entity-file.ts';
import { indexEntry } from '../files/entity-index.ts';
import { fieldOf } from '../files/frontmatter.ts';
import { RELATED, withoutRelated } from '../files/links.ts';
import { asciiSlug, typeOfFile } from '../files/ontology.ts';
import { stemOf } from './merge-entities.ts';

/** An entity file as it is compared with others. */
export interface Candidate {
  path: string;
  text: string;
  type: string;
  /** As it is written. */
  name: string;
  /** Name and aliases, as they are written. */
  called: readonly string[];
  /** The same with the file name, without marks, signs and capitals. */
  names: ReadonlySet<string>;
  /** Words of the names. */
  nameWords: ReadonlySet<string>;
  /** Numbers in name and file name: two things that are counted or dated differently are two things. */
  numbers: string;
  words: ReadonlySet<string>;
  /** Its blocks without the one of links: what was said of it. */
  said: string;
  /** The file that it was parted from. */
  partedFrom: string | undefined;
  /** Of all that it says but its links: another one says that there is something new to look at. */
  seen: string;
}

/** Reading a file costs more than comparing it, and the same text is read again in each round. */
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
  const names = new Set([name, ...aliases, stemOf(path)].map(asciiSlug).filter((slug) => slug !== ''));
  const blocks = parseEntity(text).blocks.filter(({ id }) => id !== RELATED);
  const said = blocks.map((block) => `${block.heading}\n${block.text}`).join('\n');
  return {
    path,
    text,
    type: typeOfFile(path, text),
    name,
    called: [name, ...aliases],
    names,
    nameWords: new Set([...names].flatMap((slug) => slug.split('_'))),
    numbers: [...new Set(`${asciiSlug(name)}_${stemOf(path)}`.match(/\d+/g) ?? [])].sort().join(' '),
    words: new Set(said.toLowerCase().match(/\p{L}{4,}|\p{N}{2,}/gu) ?? []),
    said,
    partedFrom: fieldOf(text, 'parted_from'),
    seen: seenOf(text),
  };
}

export function seenOf(text: string): string {
  return hash('sha1', withoutRelated(text), 'hex').slice(0, 16);
}
