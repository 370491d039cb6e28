import { type EntityFile, parseEntity } from '../files/entity-file.ts';
import { linksIn, RELATED, relatedOf } from '../files/links.ts';
import { PROFILE } from '../files/ontology.ts';
import type { Texts } from './apply-operations.ts';
import { nameFinder } from './candidate.ts';
import { stemOf } from './merge-entities.ts';
import { type Link, type Plan, pairKey } from './operation.ts';

interface LinksInput {
  texts: Texts;
  /** The paths that each recent session changed. */
  sessions: readonly (readonly string[])[];
  /** Pairs that the user has undone, by {@link pairKey}. */
  refused: ReadonlySet<string>;
}

/** More links in a file carry no information. */
const MAX_LINKS = 24;
/** How often two entities must occur together: once may be chance. */
const MIN_SCORE = 2;
/** A block with more entities is a list. */
const MAX_NAMED = 12;
/** The score when one file names the other; it exceeds every count of common mentions. */
const NAMED_SCORE = 100;

/**
 * Proposes links in both directions between entities when the text of one names the other, or when both are named
 * together in at least {@link MIN_SCORE} blocks or were changed together by as many recent sessions.
 * Deterministic, without a model; existing links are not proposed.
 */
export function proposeLinks({ texts, sessions, refused }: LinksInput): Plan {
  const scores = new Map<string, number>();
  const addScore = (one: string, other: string, score: number) => {
    if (one === other) return;
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    scores.set(key, (scores.get(key) ?? 0) + score);
  };
  const entities = [...texts].map(([path, text]) => ({ path, ...parseEntity(text) }));
  const find = nameFinder(entities.map(({ path, frontmatter }) => ({ path, called: calledBy(path, frontmatter) })));
  for (const { path, blocks } of entities) {
    for (const block of blocks) {
      if (block.id === RELATED) continue;
      const named = new Set(
        [...find(`${block.heading}\n${block.text}`), ...linksIn(block.raw)].filter((other) => texts.has(other)),
      );
      named.delete(PROFILE);
      if (path !== PROFILE) for (const other of named) addScore(path, other, NAMED_SCORE);
      if (named.size <= MAX_NAMED) forEachPair([...named], (a, b) => addScore(a, b, 1));
    }
  }
  for (const paths of sessions) {
    const changed = paths.filter((path) => path !== PROFILE && texts.has(path));
    if (changed.length <= MAX_NAMED) forEachPair(changed, (a, b) => addScore(a, b, 1));
  }
  const strong = [...scores].filter(([, score]) => score >= MIN_SCORE).map(([key, score]) => pairOf(key, score));
  const pairs = strong.filter(({ one, other }) => !refused.has(pairKey('link', one, other)));
  return { proposer: 'rules', operations: linksOf(pairs, texts), left: [], left_out: 0 };
}

/** Returns the names of an entity: its name, or its file name without one, and its aliases. */
function calledBy(path: string, { name, aliases }: EntityFile['frontmatter']): string[] {
  return [name ?? stemOf(path), ...aliases];
}

interface ScoredPair {
  one: string;
  other: string;
  score: number;
}

/** Splits the key of a pair; paths contain no spaces. */
function pairOf(key: string, score: number): ScoredPair {
  const [one = '', other = ''] = key.split(' ');
  return { one, other, score };
}

/** Returns the missing links, the strongest first, while both files have room. */
function linksOf(pairs: ScoredPair[], texts: Texts): Link[] {
  const related = new Map([...texts].map(([path, text]) => [path, new Set(relatedOf(text))]));
  const added = new Map<string, { targets: string[]; isNamed: boolean }>();
  pairs.sort((a, b) => b.score - a.score || (a.one + a.other < b.one + b.other ? -1 : 1));
  for (const { one, other, score } of pairs) {
    const open = [[one, other] as const, [other, one] as const].filter(
      ([path, target]) => !related.get(path)?.has(target),
    );
    if (open.some(([path]) => (related.get(path)?.size ?? 0) >= MAX_LINKS)) continue;
    for (const [path, target] of open) {
      related.get(path)?.add(target);
      const known = added.get(path) ?? { targets: [], isNamed: false };
      added.set(path, { targets: [...known.targets, target], isNamed: known.isNamed || score >= NAMED_SCORE });
    }
  }
  return [...added].map(([path, { targets, isNamed }]) => ({
    op: 'link',
    path,
    targets,
    reason: isNamed ? 'One file names the other.' : 'Both are mentioned together.',
  }));
}

function forEachPair(paths: readonly string[], visit: (one: string, other: string) => void): void {
  for (const [at, one] of paths.entries()) for (const other of paths.slice(at + 1)) visit(one, other);
}
