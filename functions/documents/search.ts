import type { Database, Queryable } from '../platform/database/database.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../usage/embed-texts.ts';
import { OverBudget } from '../usage/meter.ts';
import { type FoundChunk, LONGEST_QUESTION } from './document.ts';
import { rankingOf } from './ranking.ts';
import { type ChunkRow, searchChunks } from './sql/document-chunk.ts';

export interface DocumentSearch {
  database: Database;
  /** Whose documents are searched and who pays for the question's vector. */
  payer: EmbeddingPayer;
  /** His statements; the payer's own scope if left out. */
  queryable?: Queryable;
  question: string;
  k: number;
  /** Only this document. */
  documentId?: string | undefined;
  signal: AbortSignal;
}

/** `embedder` is null when no vector could be had and words alone decided. */
export interface FoundChunks {
  items: FoundChunk[];
  embedder: string | null;
}

/**
 * The chunks of a person's documents that answer a question best, with scores and why. Whatever signs are in the question are text. A provider of vectors that fails
 * and a budget that is used up make the search worse and do not stop it.
 */
export async function searchDocuments(search: DocumentSearch): Promise<FoundChunks> {
  const { database, payer, k, documentId, signal } = search;
  // A cut through a surrogate pair would leave half a character, which no database takes.
  const question = search.question.slice(0, LONGEST_QUESTION).toWellFormed().replaceAll('\0', ' ').trim();
  if (question === '') return { items: [], embedder: null };
  const embedded = await embedQuestion(database, payer, question, signal);
  const embedder = embedded?.embedder ?? '';
  const { tenantId, userId } = payer;
  const rows = await searchChunks(search.queryable ?? database.as({ kind: 'tenant', tenantId, userId }), {
    question,
    embedding: embedded?.vectors[0],
    embedder,
    ...rankingOf(embedder),
    limit: k,
    documentId,
  });
  return { items: rows.map(toFound), embedder: embedded?.embedder ?? null };
}

async function embedQuestion(
  database: Database,
  payer: EmbeddingPayer,
  question: string,
  signal: AbortSignal,
): Promise<EmbeddedTexts | undefined> {
  try {
    return await buyEmbedding(database, payer, { texts: [question], purpose: 'query', signal });
  } catch (error) {
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    log('warning', 'a question to documents could not be embedded: the search goes by words alone', { error });
    return undefined;
  }
}

function toFound({ text_rank, vector_rank, bm25, similarity, score, ...chunk }: ChunkRow): FoundChunk {
  // What is first in both lists has 1, give or take the last binary digit.
  return { ...chunk, score: Math.min(score, 1), why: { text_rank, vector_rank, bm25, similarity } };
}
