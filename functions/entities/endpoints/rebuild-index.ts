import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { rebuildIndex as rebuild } from '../branch/rebuild-index.ts';

/** Reads every entity file and makes the index and the searched blocks anew from them; what was right already stays as it is. Safe to repeat. */
export const rebuildIndex = endpoint({
  name: 'entities-rebuild-index',
  route: 'POST /api/v1/memory/rebuild-index',
  access: 'memory:write',
  summary: 'Makes the index of your entities anew from their files.',
  reply: {
    200: z.strictObject({
      entities: z.int(),
      blocks: z.int(),
      repaired_blocks: z.int().meta({ description: 'Rows that did not say what the files say' }),
      commit_id: z.string().nullable().meta({ description: 'The commit of the new index, where it was another' }),
    }),
  },
}).handle(async ({ transaction, caller }) => ({ status: 200, body: await rebuild(transaction, caller) }));
