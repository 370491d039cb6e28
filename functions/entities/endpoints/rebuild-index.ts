import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { rebuildIndex as rebuild } from '../branch/rebuild-index.ts';

/**
 * Rebuilds the index and the searched blocks from the entity files and leaves correct ones unchanged. Stores the words
 * of facts, turns and blocks again that another version of the search has stored. Idempotent.
 */
export const rebuildIndex = endpoint({
  name: 'entities-rebuild-index',
  route: 'POST /api/v1/memory/rebuild-index',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Rebuilds the index of your entities from their files.',
  reply: {
    200: z.strictObject({
      entities: z.int(),
      blocks: z.int(),
      repaired_blocks: z.int().meta({ description: 'Rows that differed from the files' }),
      retokenized_rows: z
        .int()
        .meta({ description: 'Facts, turns and blocks whose words another version of the search had stored' }),
      commit_id: z
        .string()
        .nullable()
        .meta({ description: 'The commit of the repaired index; null when the index was correct' }),
    }),
  },
}).handle(async ({ transaction, caller }) => ({ status: 200, body: await rebuild(transaction, caller) }));
