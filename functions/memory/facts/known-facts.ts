import type { Queryable } from '../../platform/database/database.ts';
import { wordsToLookFor } from '../../platform/language/compare-by-rules.ts';
import { LONGEST_QUERY, type Memory, type Place } from '../memory.ts';
import { findAnswers } from '../search.ts';

/** How many known facts a new one is compared with. */
const NEAREST = 8;

/** The current facts of exactly this place that are nearest to a text, by words and vector, among those that the queryable's person may see. */
export async function findKnownFacts(
  queryable: Queryable,
  fact: Place & { text: string; embedding: number[]; embedder: string },
): Promise<Memory[]> {
  const { scope, scopeId, text, embedding, embedder } = fact;
  const question = {
    text: wordsToLookFor(text).slice(0, LONGEST_QUERY),
    embedded: { vectors: [embedding], embedder, paid: undefined },
  };
  const found = await findAnswers(queryable, question, {
    limit: NEAREST,
    scope,
    ...(scope === 'sprint' ? { runId: scopeId } : {}),
    ...(scope === 'worker' ? { worker: scopeId } : {}),
  });
  return found
    .filter((known) => known.scope === scope && known.scope_id === scopeId)
    .map(({ score: _, why: __, ...known }) => known);
}
