import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { deleteSourceFacts } from '../sql/memory-source.ts';

/**
 * Undoes what one source did: a run, a session, a document. Its facts go with their vectors, with all that was learned from runs which had them in their context, in
 * turn; what they replaced is true again; what the source repeated is as unsure as before. An admin reverts for the whole tenant, anybody else what is his own.
 * `dry_run` only tells what would happen. A source that did nothing is an empty answer, so twice is once.
 */
export const revertSource = endpoint({
  name: 'memory-revert-source',
  route: 'POST /api/v1/memory/revert',
  access: 'memory:write',
  summary: 'Undoes everything that came from one source.',
  body: z.strictObject({ source_id: z.string().trim().min(1).max(2000), dry_run: z.boolean().default(false) }),
  reply: {
    200: z.strictObject({
      removed: z.array(
        z.strictObject({
          id: z.string(),
          text: z.string(),
          derived_from: z
            .string()
            .nullable()
            .meta({ description: 'The fact under whose influence it was learned; null for the source’s own' }),
        }),
      ),
      restored: z.array(z.string()).meta({ description: 'Facts that hold again' }),
      weakened: z.array(z.string()).meta({ description: 'Facts that lost a repetition' }),
    }),
  },
}).handle(async ({ body, transaction }) => ({
  status: 200,
  body: await deleteSourceFacts(transaction, body.source_id, !body.dry_run),
}));
