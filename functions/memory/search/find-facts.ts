import { type Correction, correctSpelling } from '../../entities/search/correct-spelling.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { askedTerms, type ReadQuestion, readQuestion } from '../../platform/language/read-question.ts';
import type { MemoryScope, ScoredMemory } from '../memory.ts';
import { type ScoredMemoryRow, searchMemories } from '../sql/memory.ts';
import type { SearchQuery } from './query.ts';

interface FactFilter {
  limit: number;
  scope?: MemoryScope | undefined;
  runId?: string;
  worker?: string;
  asOf?: string | undefined;
}

/** Returns the facts that match a query best, among those that the queryable's user may see. */
export function findFacts(queryable: Queryable, query: SearchQuery, filter: FactFilter): Promise<ScoredMemory[]> {
  return findFactsByTerms(queryable, query, readQuestion(query.text), filter);
}

/**
 * Returns the same facts, but first corrects misspelled names: a word that the user's memory does not contain is
 * replaced by a name in it that differs by one letter. `corrected` lists the replacements.
 */
export async function findFactsCorrected(
  queryable: Queryable,
  query: SearchQuery,
  filter: FactFilter,
): Promise<{ facts: ScoredMemory[]; corrected: Correction[] }> {
  const { question: terms, corrected } = await correctSpelling(queryable, readQuestion(query.text));
  return { facts: await findFactsByTerms(queryable, query, terms, filter), corrected };
}

/** Returns the facts for a query whose terms have been read already. */
export async function findFactsByTerms(
  queryable: Queryable,
  query: SearchQuery,
  terms: ReadQuestion,
  filter: FactFilter,
): Promise<ScoredMemory[]> {
  const embedder = query.embedded?.embedder ?? '';
  const rows = await searchMemories(queryable, {
    ...askedTerms(terms),
    embedding: query.embedded?.vectors[0],
    embedder,
    ...vectorRankingOf(embedder),
    ...filter,
  });
  return rows.map(toScoredMemory);
}

function toScoredMemory(row: ScoredMemoryRow): ScoredMemory {
  const { score, text_score, vector_score, bm25, similarity, coverage, ...memory } = row;
  return { ...memory, score, why: { text_score, vector_score, bm25, similarity, coverage } };
}

/**
 * The share of vectors in a score: their weight relative to the text's weight of 1, and the cosine similarity below
 * which a vector counts as unrelated.
 */
interface VectorRanking {
  vectorWeight: number;
  similarityFloor: number;
}

/**
 * Returns the ranking constants for an embedder. Feature hashing compares words, not meanings: recall@10 of evidence on
 * three LoCoMo conversations (480 questions) is 61.8 % with the weights 0 and 0.1, 61.0 % with 0.3 and 58.7 % with 1.
 * So its weight is 0.1, which breaks ties and answers queries that no text matches. Its similarity of unrelated
 * sentences is below 0.13 for 99 % of pairs. The values for neural embedders are an estimate that has not been
 * measured.
 */
export function vectorRankingOf(embedder: string): VectorRanking {
  if (embedder.startsWith('feature-hashing')) return { vectorWeight: 0.1, similarityFloor: 0.15 };
  return { vectorWeight: 1, similarityFloor: 0.5 };
}
