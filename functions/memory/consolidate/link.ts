import { parseEntity } from '../entities/entity-file.ts';
import { linksIn, RELATED, relatedOf } from '../entities/links.ts';
import { PROFILE } from '../entities/ontology.ts';
import type { Texts } from './carry-out.ts';
import { namesFinder } from './find-names.ts';
import { type Link, type Plan, pairKey } from './operation.ts';

export interface LinkQuestion {
  texts: Texts;
  /** Paths that recent sessions changed, a set for each session. */
  sessions: readonly (readonly string[])[];
  /** Pairs that a person has undone, by {@link pairKey}. */
  refused: ReadonlySet<string>;
}

/** A file with more links says nothing by them. */
const MOST_LINKS = 24;
/** One block or one session about two things may be chance. */
const LEAST_TOGETHER = 2;
/** A block that names so many is a list. */
const MOST_IN_A_BLOCK = 12;
/** A text that names another is worth more than any number of times at which both were named. */
const NAMED = 100;

/**
 * Which entities are to be linked, both ways: where the text of one names the other, and where two are named together in {@link LEAST_TOGETHER} blocks, or were changed
 * together by as many recent sessions. No model is asked; the same files give the same links, and links that are there give none.
 */
export function proposeLinks({ texts, sessions, refused }: LinkQuestion): Plan {
  const ties = new Map<string, { one: string; other: string; score: number }>();
  const tie = (a: string, b: string, score: number) => {
    const [one = '', other = ''] = [a, b].sort();
    const key = pairKey('link', one, other);
    if (one === other || refused.has(key)) return;
    ties.set(key, { one, other, score: (ties.get(key)?.score ?? 0) + score });
  };
  const find = namesFinder(texts);
  for (const [path, text] of texts) {
    for (const block of parseEntity(text).blocks) {
      if (block.id === RELATED) continue;
      const named = new Set(
        [...find(`${block.heading}\n${block.text}`), ...linksIn(block.raw)].filter((other) => texts.has(other)),
      );
      named.delete(PROFILE);
      if (path !== PROFILE) for (const other of named) tie(path, other, NAMED);
      if (named.size <= MOST_IN_A_BLOCK) forEachPair([...named], (a, b) => tie(a, b, 1));
    }
  }
  for (const paths of sessions) {
    const changed = paths.filter((path) => path !== PROFILE && texts.has(path));
    if (changed.length <= MOST_IN_A_BLOCK) forEachPair(changed, (a, b) => tie(a, b, 1));
  }
  const strong = [...ties.values()].filter(({ score }) => score >= LEAST_TOGETHER);
  return { proposer: 'rules', operations: linksOf(strong, texts), left: [], left_out: 0 };
}

/** The links that are missing, the strongest first, as far as both files have room. */
function linksOf(ties: { one: string; other: string; score: number }[], texts: Texts): Link[] {
  const related = new Map([...texts].map(([path, text]) => [path, new Set(relatedOf(text))]));
  const added = new Map<string, { targets: string[]; isNamed: boolean }>();
  ties.sort(
    (a, b) => b.score - a.score || (pairKey('link', a.one, a.other) < pairKey('link', b.one, b.other) ? -1 : 1),
  );
  for (const { one, other, score } of ties) {
    const open = [[one, other] as const, [other, one] as const].filter(
      ([path, target]) => !related.get(path)?.has(target),
    );
    if (open.some(([path]) => (related.get(path)?.size ?? 0) >= MOST_LINKS)) continue;
    for (const [path, target] of open) {
      related.get(path)?.add(target);
      const known = added.get(path) ?? { targets: [], isNamed: false };
      added.set(path, { targets: [...known.targets, target], isNamed: known.isNamed || score >= NAMED });
    }
  }
  return [...added].map(([path, { targets, isNamed }]) => ({
    op: 'link',
    path,
    targets,
    reason: isNamed ? 'One names the other.' : 'They are told of together.',
  }));
}

function forEachPair(paths: readonly string[], visit: (one: string, other: string) => void): void {
  for (const [at, one] of paths.entries()) for (const other of paths.slice(at + 1)) visit(one, other);
}
