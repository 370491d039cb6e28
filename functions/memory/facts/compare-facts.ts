import { cutText } from '../../platform/cut-text.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { compareByRules, wordsToLookFor } from '../../platform/language/compare-by-rules.ts';
import { LONGEST_QUERY, type Memory } from '../memory.ts';
import { findFacts } from '../search/find-facts.ts';
import type { NewMemory } from '../sql/memory.ts';
import { compareByModel, type ModelComparison } from './compare-by-model.ts';
import type { Comparison } from './write-fact.ts';

/**
 * Compares new facts with the nearest known facts of the same scope. Returns the comparisons of each new fact, in the
 * order of the facts. Uses the model where one is given, else rules.
 *
 * A model compares facts of the same trust only, and one call contains either trusted or untrusted facts. So the text
 * of a web page never stands next to a user's text when the model decides which fact replaces which. Facts of different
 * trust are compared by rules.
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

/** Compares one fact by rules. */
export async function compareFact(queryable: Queryable, fact: NewMemory): Promise<Comparison[]> {
  const [comparisons = []] = await compareFacts(queryable, [fact]);
  return comparisons;
}

/** How many known facts a new fact is compared with. */
const NEAREST = 8;

/**
 * Returns the current facts of the same scope that are nearest to a new fact by words and vector, among those that the
 * queryable's user may see.
 */
async function findKnownFacts(queryable: Queryable, fact: NewMemory): Promise<Memory[]> {
  const { scope, scopeId, text, embedding, embedder } = fact;
  const query = {
    text: cutText(wordsToLookFor(text), LONGEST_QUERY),
    embedded: { vectors: [embedding], embedder, paid: undefined },
  };
  const found = await findFacts(queryable, query, {
    limit: NEAREST,
    scope,
    ...(scope === 'sprint' ? { runId: scopeId } : {}),
    ...(scope === 'worker' ? { worker: scopeId } : {}),
  });
  return found
    .filter((known) => known.scope === scope && known.scope_id === scopeId)
    .map(({ score: _, why: __, ...known }) => known);
}
