import type { Database, Queryable } from '../platform/database/database.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../usage/embed-texts.ts';
import { OverBudget } from '../usage/meter.ts';
import { LONGEST_QUERY, type MemoryScope, type RecalledMemory } from './memory.ts';
import { rankingOf } from './ranking.ts';
import { type FoundMemory, searchMemories } from './sql/memory.ts';

/** A question with its vector; without one, when the embedder's provider failed or a budget does not cover it, the search goes by text alone. */
export interface Question {
  text: string;
  embedded: EmbeddedTexts | undefined;
}

/**
 * Makes a question of a text, outside any transaction, at the payer's cost. A provider that fails and a budget that is used up make the search worse and do
 * not stop it.
 */
export async function askQuestion(
  database: Database,
  payer: EmbeddingPayer,
  text: string,
  signal: AbortSignal,
): Promise<Question> {
  // A cut through a surrogate pair would leave half a character, which no database takes.
  const question = text.slice(0, LONGEST_QUERY).trim().toWellFormed().replaceAll('\0', ' ');
  try {
    const embedded = await buyEmbedding(database, payer, { texts: [question], purpose: 'query', signal });
    return { text: question, embedded };
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    log('warning', 'a question could not be embedded: the search goes by text alone', { error });
    return { text: question, embedded: undefined };
  }
}

/** The facts that answer a question best, among those that the queryable's person may see. */
export async function findAnswers(
  queryable: Queryable,
  question: Question,
  filter: { limit: number; scope?: MemoryScope | undefined; runId?: string; worker?: string },
): Promise<RecalledMemory[]> {
  const embedder = question.embedded?.embedder ?? '';
  const found = await searchMemories(queryable, {
    query: question.text,
    embedding: question.embedded?.vectors[0],
    embedder,
    ...rankingOf(embedder),
    ...filter,
  });
  return found.map(toRecalled);
}

function toRecalled({ score, text_score, vector_score, bm25, similarity, ...memory }: FoundMemory): RecalledMemory {
  return { ...memory, score, why: { text_score, vector_score, bm25, similarity } };
}
