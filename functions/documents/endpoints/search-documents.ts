import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { FoundChunk, LONGEST_QUESTION } from '../document.ts';
import { searchDocuments as findChunks } from '../search.ts';

/**
 * Searches the caller's own documents for the chunks that answer a question best, and says for each chunk why it was
 * found. A question has no operators: every character is text. The list is empty when nothing matches. `embedder` is
 * null when the question could not be embedded and only words were searched.
 */
export const searchDocuments = endpoint({
  name: 'documents-search-documents',
  route: 'POST /api/v1/documents/search',
  access: 'documents:read',
  summary: 'Searches your documents by words and by meaning.',
  body: z.strictObject({
    query: z.string().trim().min(1).max(LONGEST_QUESTION),
    k: z.int().min(1).max(50).default(5),
    document_id: z.string().min(1).max(200).optional(),
  }),
  reply: { 200: z.strictObject({ items: z.array(FoundChunk), embedder: z.string().nullable() }) },
  deployment: { secrets: EMBEDDER_KEYS },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...queryable } = await enter(database, identity, 'documents:read');
  const { query: question, k, document_id: documentId } = body;
  return {
    status: 200,
    body: await findChunks({ database, payer: caller, queryable, question, k, documentId, signal }),
  };
});
