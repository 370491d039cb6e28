import { nameKey } from '../files/entity-name.ts';
import { linksIn } from '../files/links.ts';
import { PROFILE } from '../files/ontology.ts';
import type { Candidate } from './candidate.ts';
import { nameFinder } from './candidate.ts';

/** Two files that may describe the same entity, and why. */
export interface SimilarPair {
  one: Candidate;
  other: Candidate;
  /** Only orders the pairs. */
  score: number;
  /** Whether the name of one file is used by exactly these two files. Without a model only such pairs are merged. */
  isCertain: boolean;
  reason: string;
}

/** The lowest Dice coefficient of letter pairs at which names count as similar. "Catherine" and "Cathrine" have 0.8. */
const MIN_SIMILARITY = 0.75;
/** Words in more names than this ("meeting") are not compared, because the number of pairs grows with the square. */
const MAX_BUCKET = 60;
/** A word in at most this many files is rare. */
const MAX_RARE_FILES = 3;
const MIN_SHARED_RELATED = 2;
const MIN_SHARED_WORDS = 3;

/**
 * Returns the pairs of files that may describe the same entity, the most likely first. Both files have the same type
 * and similar names. Names that are only similar need more in common: related entities or rare words. Only names that
 * share the first or last three letters of a word are compared, so the work grows linearly.
 */
export function findSimilar(candidates: readonly Candidate[]): SimilarPair[] {
  const compared = candidates.filter(({ path }) => path !== PROFILE);
  const counts = new Map<string, number>();
  for (const { words } of compared) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const owners = ownersOfNames(compared);
  const namedBy = relationsReader(compared);
  const pairs: SimilarPair[] = [];
  for (const [one, other] of comparablePairs(compared)) {
    if (one.type !== other.type || one.numbers !== other.numbers || areParts(one, other)) continue;
    const common = [...one.names].filter((name) => other.names.has(name));
    const nameScore = common.length > 0 ? 1 : similarity(one.slugs, other.slugs);
    if (nameScore < MIN_SIMILARITY) continue;
    const related = count(namedBy(one), (path) => namedBy(other).has(path));
    const words = count(one.words, (word) => other.words.has(word) && (counts.get(word) ?? 0) <= MAX_RARE_FILES);
    const score = nameScore + Math.min(related, 5) * 0.05 + Math.min(words, 10) * 0.02;
    if (common.length > 0) pairs.push(sameNamePair(one, other, { common, owners, score }));
    else if (related >= MIN_SHARED_RELATED || words >= MIN_SHARED_WORDS) {
      const reason = `The names are similar, and the files share ${related} related entities and ${words} rare words.`;
      pairs.push({ one, other, isCertain: false, score, reason });
    }
  }
  return pairs.sort((a, b) => b.score - a.score || (keyOf(a) < keyOf(b) ? -1 : 1));
}

function sameNamePair(
  one: Candidate,
  other: Candidate,
  { common, owners, score }: { common: string[]; owners: ReadonlyMap<string, Set<string>>; score: number },
): SimilarPair {
  // A shared alias ("Mum") may be the name of neither entity.
  const called = [one, other].map(({ name }) => nameKey(name)).find((name) => common.includes(name));
  const isCertain = called !== undefined && owners.get(called)?.size === 2;
  return {
    one,
    other,
    isCertain,
    score: score + (isCertain ? 2 : 1),
    reason: `Both are called ${called ?? common[0]}.`,
  };
}

/**
 * Returns the similarity of the most similar names: 1 when all words of one name are in the other, else the Dice
 * coefficient of their letter pairs.
 */
function similarity(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let most = 0;
  for (const one of some) for (const other of others) most = Math.max(most, nameSimilarity(one, other));
  return most;
}

function nameSimilarity(one: string, other: string): number {
  const [a, b] = [one.split('_'), other.split('_')];
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  if (few.join('').length >= 3 && few.every((word) => many.includes(word))) return 1;
  const [left, right] = [letterPairs(one), letterPairs(other)];
  const shared = count(left, (pair) => right.has(pair));
  return left.size + right.size === 0 ? 0 : (2 * shared) / (left.size + right.size);
}

function letterPairs(text: string): Set<string> {
  const pairs = new Set<string>();
  for (let at = 0; at + 2 <= text.length; at += 1) pairs.add(text.slice(at, at + 2));
  return pairs;
}

function areParts(one: Candidate, other: Candidate): boolean {
  return (
    one.partedFrom === other.path ||
    other.partedFrom === one.path ||
    (one.partedFrom !== undefined && one.partedFrom === other.partedFrom)
  );
}

/**
 * Returns a function that lists the entities a file mentions. It reads the text and not the links, which are derived
 * from the text: with links a second run would find more than the first.
 */
function relationsReader(candidates: readonly Candidate[]): (candidate: Candidate) => ReadonlySet<string> {
  const find = nameFinder(candidates);
  const read = new Map<string, ReadonlySet<string>>();
  return ({ path, said }) => {
    const known = read.get(path) ?? new Set([...find(said), ...linksIn(said)].filter((other) => other !== path));
    read.set(path, known);
    return known;
  };
}

/** Maps a normalised name to the files that use it. */
function ownersOfNames(candidates: readonly Candidate[]): Map<string, Set<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { names, path, type } of candidates) for (const name of names) add(owners, name, `${type} ${path}`);
  return owners;
}

function* comparablePairs(candidates: readonly Candidate[]): Iterable<[Candidate, Candidate]> {
  const buckets = new Map<string, Set<Candidate>>();
  for (const candidate of candidates) {
    for (const name of candidate.names) add(buckets, `=${name}`, candidate);
    for (const word of candidate.nameWords) {
      for (const key of [word.slice(0, 3), `…${word.slice(-3)}`]) add(buckets, key, candidate);
    }
  }
  const met = new Set<string>();
  for (const [, bucket] of buckets) {
    if (bucket.size > MAX_BUCKET) continue;
    const sorted = [...bucket].sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const [at, one] of sorted.entries()) {
      for (const other of sorted.slice(at + 1)) {
        const key = `${one.path} ${other.path}`;
        if (!met.has(key)) yield [one, other];
        met.add(key);
      }
    }
  }
}

function add<T>(map: Map<string, Set<T>>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

function count<T>(items: Iterable<T>, test: (item: T) => boolean): number {
  let found = 0;
  for (const item of items) if (test(item)) found += 1;
  return found;
}

function keyOf({ one, other }: SimilarPair): string {
  return `${one.path} ${other.path}`;
}
