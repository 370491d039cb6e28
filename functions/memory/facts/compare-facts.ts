import type { Queryable } from '../../platform/database/database.ts';
import { compareByRules } from '../../platform/language/compare-by-rules.ts';
import type { Memory } from '../memory.ts';
import type { NewMemory } from '../sql/memory.ts';
import { compareByModel, type ModelComparison } from './compare-by-model.ts';
import { findKnownFacts } from './known-facts.ts';
import type { Comparison } from './write-fact.ts';

/**
 * What new facts are to the nearest known ones of their places, in the order of the facts. By a model where one is given, else by rules.
 *
 * A model compares facts with known ones of the same trust only, and trusted and untrusted ones in calls of their own: so the words of a web page never stand beside
 * a person's when it is said what replaces what. Between trusts the rules alone speak.
 */
export async function compareFacts(
  queryable: Queryable,
  facts: readonly NewMemory[],
  model?: Omit<ModelComparison, 'pairs' | 'part'>,
): Promise<Comparison[][]> {
  const known: Memory[][] = [];
  for (const fact of facts) known.push(await findKnownFacts(queryable, fact));
  const found = facts.map((fact, at) =>
    (known[at] ?? []).flatMap((other): Comparison[] => {
      if (model !== undefined && other.trust === fact.trust) return [];
      const verdict = compareByRules(fact.text, other);
      return verdict === undefined ? [] : [{ ...verdict, known: other }];
    }),
  );
  if (model === undefined) return found;
  for (const trust of ['trusted', 'untrusted'] as const) {
    const pairs = facts.map((fact, at) => ({
      at,
      text: fact.text,
      known: fact.trust === trust ? (known[at] ?? []).filter((other) => other.trust === trust) : [],
    }));
    const verdicts = await compareByModel({
      ...model,
      part: `comparison ${trust}`,
      pairs: pairs.filter((pair) => pair.known.length > 0),
    });
    for (const { at, ...comparison } of verdicts) found[at]?.push(comparison);
  }
  return found;
}

/** The same for one fact, by rules. */
export async function compareFact(queryable: Queryable, fact: NewMemory): Promise<Comparison[]> {
  const [comparisons = []] = await compareFacts(queryable, [fact]);
  return comparisons;
}
