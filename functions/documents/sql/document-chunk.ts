import type { Queryable } from '../../platform/database/database.ts';
import { CHUNK_BM25 } from '../../platform/language/bm25.ts';

export interface ChunkSearch {
  question: string;
  /** Undefined to search by words only. */
  embedding: number[] | undefined;
  embedder: string;
  vectorWeight: number;
  similarityFloor: number;
  limit: number;
  documentId: string | undefined;
}

export interface ChunkRow {
  id: string;
  document_id: string;
  filename: string;
  chunk_index: number;
  content: string;
  score: number;
  text_rank: number | null;
  vector_rank: number | null;
  bm25: number | null;
  similarity: number | null;
}

/**
 * Returns the best chunks for a question, best first. The definer function `search_documents` searches the documents of
 * the scope's user; the join reads the chunks again under row-level security.
 */
export async function searchChunks(queryable: Queryable, search: ChunkSearch): Promise<ChunkRow[]> {
  return queryable.query<ChunkRow>({
    name: 'search_document_chunks',
    text: `select c.id, c.document_id, d.filename, c.chunk_index, c.content, f.score, f.text_rank, f.vector_rank, f.bm25,
        f.similarity
      from search_documents($1, $2::vector, $3, $4, $5, $6, $7, $8, $9) f
      join document_chunks c on c.id = f.chunk_id join documents d on d.id = c.document_id
      order by f.score desc, c.id`,
    values: [
      search.question,
      search.embedding === undefined ? undefined : `[${search.embedding.join(',')}]`,
      search.embedder,
      search.vectorWeight,
      search.similarityFloor,
      search.limit,
      search.documentId,
      CHUNK_BM25.k1,
      CHUNK_BM25.b,
    ],
  });
}
