import { indexEntry } from '../entities/entity-index.ts';

/** Finds which entities a text names: by whole words, as the name is written, since "Will" is a person and "will" is not. A name of two entities is nobody's. */
export function namesFinder(texts: ReadonlyMap<string, string>): (text: string) => string[] {
  const owners = new Map<string, string | undefined>();
  for (const [path, text] of texts) {
    const { name, aliases } = indexEntry(path, text);
    for (const called of new Set([name, ...aliases].map((each) => wordsOf(each).join(' ')))) {
      if (!isTelling(called)) continue;
      owners.set(called, owners.has(called) && owners.get(called) !== path ? undefined : path);
    }
  }
  const longest = Math.max(1, ...[...owners.keys()].map((name) => name.split(' ').length));
  return (text) => {
    const words = wordsOf(text);
    const found = new Set<string>();
    for (let at = 0; at < words.length; at += 1) {
      // The longest name that begins here: "Maya Chen" is not also Maya.
      for (let length = Math.min(longest, words.length - at); length > 0; length -= 1) {
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

const LONGEST_NAME = 8;

/** A name of one small-letter word is a word like others. */
function isTelling(name: string): boolean {
  const words = name.split(' ');
  return (
    name.length >= 3 &&
    words.length <= LONGEST_NAME &&
    (words.length > 1 || /^\P{Ll}/u.test(name)) &&
    /\p{L}/u.test(name)
  );
}

function wordsOf(text: string): string[] {
  return (text.normalize('NFKC').match(/[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)?/gu) ?? []).map((word) =>
    word.replace(/['’]s$/u, ''),
  );
}
