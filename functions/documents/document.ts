import { z } from 'zod';

/** Maximum length of a question, in UTF-16 code units. */
export const LONGEST_QUESTION = 2_000;

/** A chunk found by a search. A citation names its `id` and `document_id`. */
export const FoundChunk = z.strictObject({
  id: z.string(),
  document_id: z.string(),
  filename: z.string(),
  chunk_index: z.int().meta({ description: 'Position of the chunk in its document, from 0' }),
  content: z.string(),
  score: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: '1 for a chunk that is first in both the text ranking and the vector ranking' }),
  why: z.strictObject({
    text_rank: z.int().nullable().meta({ description: 'Rank by words, from 1. Null when no word matches.' }),
    vector_rank: z
      .int()
      .nullable()
      .meta({ description: 'Rank by vector similarity, from 1. Null when the similarity is too low.' }),
    bm25: z.number().nullable(),
    similarity: z
      .number()
      .nullable()
      .meta({ description: 'Cosine similarity. Null when another embedder made the vector.' }),
  }),
});
export type FoundChunk = z.infer<typeof FoundChunk>;
