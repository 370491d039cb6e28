import { importFact } from '../../memory/facts/import-fact.ts';
import { Category, FactText } from '../../memory/memory.ts';
import { buyEmbedding } from '../../usage/embed-texts.ts';
import { pastTime, textOf, titleFrom, without } from './fields.ts';
import type { ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';

/**
 * Reads a memory of ApexFlow's REMME. It becomes a fact of the user. Its vector is of another embedder and is made
 * again.
 */
export const parseFact: ParseItem = (value) => {
  const text = FactText.safeParse(value.text);
  if (!text.success) {
    const length = textOf(value.text)?.length;
    const why = length === undefined ? 'is empty' : `has ${length} characters; a fact has 4000 at most`;
    throw new UnreadableItem(`\`text\` ${why}.`);
  }
  const { time } = pastTime(value.created_at ?? value.added_at ?? value.timestamp);
  const category = Category.safeParse(value.category).data ?? 'general';
  return {
    sourceId: textOf(value.id),
    title: titleFrom(text.data),
    notes: [],
    rest: without(value, 'id', 'text', 'category', 'embedding', 'vector', 'created_at'),
    prepare: async ({ database, tenantId, userId, importId, signal }) => {
      const owner = { tenantId, userId };
      const question = { texts: [text.data], purpose: 'document' as const, signal };
      const { vectors, embedder } = await buyEmbedding(database, owner, question);
      const embedding = vectors[0] ?? [];
      const validFrom = time ?? new Date().toISOString();
      return async (transaction) => ({
        targetId: await importFact(
          transaction,
          owner,
          { text: text.data, category, validFrom, embedding, embedder },
          importId,
        ),
      });
    },
  };
};
