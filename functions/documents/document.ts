import { z } from 'zod';

/** The longest question that is searched for. */
export const LONGEST_QUESTION = 2_000;

/** A chunk that answers a question. `id` and `document_id` are what a citation names. */
export const FoundChunk = z.strictObject({
  id: z.string(),
  document_id: z.string(),
  filename: z.string(),
  chunk_index: z.int().meta({ description: 'The place of the chunk in its document, from 0' }),
  content: z.string(),
  score: z.number().min(0).max(1).meta({ description: '1 for what is first by words and by meaning' }),
  why: z.strictObject({
    text_rank: z.int().nullable().meta({ description: 'Place by words, from 1; null where no word speaks for it' }),
    vector_rank: z.int().nullable().meta({ description: 'Place by meaning, from 1; null where it is not near' }),
    bm25: z.number().nullable(),
    similarity: z.number().nullable().meta({ description: 'Cosine; null where another embedder made the vector' }),
  }),
});
export type FoundChunk = z.infer<typeof FoundChunk>;
