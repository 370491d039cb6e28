/** An entity as texts call it. */
export interface Named {
  path: string;
  /** Its name and aliases, as they are written. */
  called: readonly string[];
}

/** Finds which entities a text names: by whole words, as the name is written, since "Will" is a person and "will" is not. A name of two entities is nobody's. */
export function namesFinder(entities: Iterable<Named>): (text: string) => string[] {
  const owners = new Map<string, string | undefined>();
  for (const { path, called } of entities) {
    for (const name of new Set(called.map((each) => wordsOf(each).join(' ')))) {
      if (!isTelling(name)) continue;
      owners.set(name, owners.has(name) && owners.get(name) !== path ? undefined : path);
    }
  }
  const lengths = lengthsByFirstWord(owners.keys());
  return (text) => {
    const words = wordsOf(text);
    const found = new Set<string>();
    for (let at = 0; at < words.length; at += 1) {
      // The longest name that begins here: "Maya Chen" is not also Maya.
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

/** How many words the names have that begin with a word, the longest first. */
function lengthsByFirstWord(names: Iterable<string>): Map<string, number[]> {
  const lengths = new Map<string, number[]>();
  for (const name of names) {
    const words = name.split(' ');
    const known = lengths.get(words[0] ?? '') ?? [];
    lengths.set(
      words[0] ?? '',
      [...new Set([...known, words.length])].sort((one, other) => other - one),
    );
  }
  return lengths;
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
