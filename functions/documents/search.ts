import { cutText } from '../platform/cut-text.ts';
import type { Database, Queryable } from '../platform/database/database.ts';
import { log } from '../platform/log.ts';
import { ModelError } from '../platform/models/model.ts';
import { buyEmbedding, type EmbeddedTexts, type EmbeddingPayer } from '../usage/embed-texts.ts';
import { OverBudget } from '../usage/meter.ts';
import { type FoundChunk, LONGEST_QUESTION } from './document.ts';
import { type ChunkRow, searchChunks } from './sql/document-chunk.ts';

export interface DocumentSearch {
  database: Database;
  /** The user whose documents are searched and who pays for embedding the question. */
  payer: EmbeddingPayer;
  /** Runs the search. The default is the payer's own scope. */
  queryable?: Queryable;
  question: string;
  k: number;
  /** Only this document. */
  documentId?: string | undefined;
  signal: AbortSignal;
}

/** `embedder` is null when the question could not be embedded and only words were searched. */
export interface FoundChunks {
  items: FoundChunk[];
  embedder: string | null;
}

/**
 * Returns the chunks of a user's documents that answer a question best, with scores and ranks. A question has no
 * operators: every character is text. Searches by words only when the embedding provider fails or the budget is used
 * up.
 */
export async function searchDocuments(search: DocumentSearch): Promise<FoundChunks> {
  const { database, payer, k, documentId, signal } = search;
  // Slicing may leave half of a surrogate pair, and PostgreSQL rejects it.
  const question = cutText(search.question, LONGEST_QUESTION).toWellFormed().replaceAll('\0', ' ').trim();
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

/** How vectors count in a search: their weight relative to words (1), and the least cosine similarity of a match. */
interface Ranking {
  vectorWeight: number;
  similarityFloor: number;
}

/**
 * Returns the ranking for an embedder. Feature hashing only knows words, and BM25 ranks words better: on Cranfield a
 * weight of 0.05 lowers nDCG@10 by 1.3 points (DECISIONS.md). So hashed vectors only order chunks that no word of the
 * question finds. The values for neural embedders are not measured yet.
 */
function rankingOf(embedder: string): Ranking {
  if (embedder.startsWith('feature-hashing')) return { vectorWeight: 0.001, similarityFloor: 0.15 };
  return { vectorWeight: 1, similarityFloor: 0.5 };
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
    log('warning', 'question not embedded, documents are searched by words only', { reason: error.message });
    return undefined;
  }
}

function toFound({ text_rank, vector_rank, bm25, similarity, score, ...chunk }: ChunkRow): FoundChunk {
  // Rounding can raise the score of a chunk that is first in both rankings a little above 1.
  return { ...chunk, score: Math.min(score, 1), why: { text_rank, vector_rank, bm25, similarity } };
}
