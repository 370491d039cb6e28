import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { LONGEST_QUERY, MemoryScope, RecalledMemory } from '../memory.ts';
import { askQuestion, findAnswers } from '../search.ts';

/**
 * Finds the facts that answer a question best, among those that the caller may see; each says why it was found. Signs in the question are text. An empty
 * memory, and a question that nothing answers, get an empty list. `embedder` is null when no vectors could be had and text alone decided.
 */
export const searchMemory = endpoint({
  name: 'memory-search-memory',
  route: 'POST /api/v1/memory/search',
  access: 'memory:read',
  summary: 'Searches the facts that you may see, by words and by meaning.',
  body: z.strictObject({
    query: z.string().trim().min(1).max(LONGEST_QUERY),
    k: z.int().min(1).max(50).default(5),
    scope: MemoryScope.optional(),
  }),
  reply: { 200: z.strictObject({ items: z.array(RecalledMemory), embedder: z.string().nullable() }) },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:read');
  const question = await askQuestion(database, caller, body.query, signal);
  const items = await findAnswers(scoped, question, { limit: body.k, scope: body.scope });
  return { status: 200, body: { items, embedder: question.embedded?.embedder ?? null } };
});
