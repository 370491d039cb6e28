import { cutText } from '../../platform/cut-text.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { compareByRules, wordsToLookFor } from '../../platform/language/compare-by-rules.ts';
import { LONGEST_QUERY, type Memory } from '../memory.ts';
import { findFacts } from '../search/find-facts.ts';
import { listChainFacts } from '../sql/memory.ts';
import type { NewMemory } from '../sql/memory-statement.ts';
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
      if (model !== undefined && isForModel(fact, other)) return [];
      const verdict = compareByRules(withoutStart(fact.text), { id: other.id, text: withoutStart(other.text) });
      return verdict === undefined ? [] : [{ ...verdict, known: other }];
    }),
  );
  if (model === undefined) return found;
  for (const trust of ['trusted', 'untrusted'] as const) {
    const pairs = facts.map((fact, at) => ({
      at,
      text: fact.text,
      known: fact.trust === trust ? (known[at] ?? []).filter((other) => isForModel(fact, other)) : [],
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

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
/** The words that say since when a fact is true. Its dates store them. */
const START = new RegExp(
  `,? ?\\b(?:since|as of|effective|starting|beginning|from) (?:the |on |in |early |late )?(?:(?:(?:next|last|this|coming) )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|week|month|year)|(?:\\d{1,3}|an?|one|two|three|four|five|six) (?:days?|weeks?|months?|years?)|today|yesterday|(?:day after )?tomorrow|\\d{4}-\\d\\d(?:-\\d\\d)?|\\d{1,2}(?:st|nd|rd|th)? (?:of )?${MONTH}(?: \\d{4})?|${MONTH} (?:\\d{1,2}(?:st|nd|rd|th)?,? )?\\d{4})\\b(?: on(?:wards?)?\\b)?,?`,
  'gi',
);

function withoutStart(text: string): string {
  return text.replaceAll(START, ' ').trim();
}

/** A model decides about other words. Whether another letter case is a correction is decided by rules. */
function isForModel(fact: NewMemory, known: Memory): boolean {
  return known.trust === fact.trust && known.text.toLowerCase() !== fact.text.toLowerCase();
}

/** Compares one fact by rules. */
export async function compareFact(queryable: Queryable, fact: NewMemory): Promise<Comparison[]> {
  const [comparisons = []] = await compareFacts(queryable, [fact]);
  return comparisons;
}

/** At this time the last fact of each chain is true, also a planned one. */
const END_OF_TIME = 'infinity';
/**
 * Compares one fact by the model with the nearest known facts of the same trust. Returns the comparisons, and the ids
 * of the facts that the model was shown. Makes no call when there are none.
 * @throws as {@link compareByModel} does
 */
export async function compareFactByModel(
  queryable: Queryable,
  fact: NewMemory,
  model: Omit<ModelComparison, 'pairs' | 'part'>,
): Promise<{ comparisons: Comparison[]; shown: ReadonlySet<string> }> {
  const found = await findKnownFacts(queryable, fact);
  const known = found.filter((other) => isForModel(fact, other));
  // A repetition word for word says nothing new about the other facts.
  const isRepeated = found.some(({ text, trust }) => text === fact.text && trust === fact.trust);
  const pairs = known.length === 0 || isRepeated ? [] : [{ at: 0, text: fact.text, known }];
  const comparisons = await compareByModel({ ...model, part: 'comparison', pairs });
  return { comparisons: comparisons.map(({ at: _, ...comparison }) => comparison), shown: idsOf(known) };
}

const idsOf = (facts: readonly Memory[]) => new Set(facts.map(({ id }) => id));

/** How many known facts a new fact is compared with. */
const NEAREST = 8;

/**
 * Returns the facts of the same scope that are nearest to a new fact by words and vector, among those that the
 * queryable's user may see: the last one of each chain, and the one that is true when the new fact becomes true.
 */
async function findKnownFacts(queryable: Queryable, fact: NewMemory): Promise<Memory[]> {
  const { scope, scopeId, text, embedding, embedder } = fact;
  const query = {
    text: cutText(wordsToLookFor(withoutStart(text)), LONGEST_QUERY),
    embedded: { vectors: [embedding], embedder, paid: undefined },
  };
  const found = await findFacts(queryable, query, {
    limit: NEAREST,
    scope,
    asOf: END_OF_TIME,
    ...(scope === 'sprint' ? { runId: scopeId } : {}),
    ...(scope === 'worker' ? { worker: scopeId } : {}),
  });
  const last = found
    .filter((known) => known.scope === scope && known.scope_id === scopeId)
    .map(({ score: _, why: __, ...known }): Memory => known);
  const validFrom = fact.validFrom ?? new Date().toISOString();
  const later = last.filter((known) => Date.parse(known.valid_from) > Date.parse(validFrom)).map(({ id }) => id);
  if (later.length === 0) return last;
  const known = new Set(last.map(({ id }) => id));
  return [...last, ...(await listChainFacts(queryable, later, validFrom)).filter(({ id }) => !known.has(id))];
}
