import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { findOwnFact } from '../health/find-own-fact.ts';
import { deleteTwinDismissal, insertTwinDismissal } from '../sql/twin-dismissal.ts';

/**
 * Records that two of the caller's own facts do not say the same: the pair is left out of the duplicates and of their
 * count, until `is_dismissed: false` takes it back. Idempotent; the order of the two does not matter. Answers 403 for
 * another user's fact, 404 for one that the caller cannot see.
 */
export const dismissDuplicate = endpoint({
  name: 'memory-dismiss-duplicate',
  route: 'POST /api/v1/memory/health/duplicates/dismiss',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Says that two facts are different, or takes it back.',
  body: z
    .strictObject({ one: idSchema('mem'), other: idSchema('mem'), is_dismissed: z.boolean().default(true) })
    .refine(({ one, other }) => one !== other, { error: 'Name two facts.', path: ['other'] }),
  reply: { 204: null },
}).handle(async ({ body: { one, other, is_dismissed: isDismissed }, caller, transaction }) => {
  for (const id of [one, other]) await findOwnFact(transaction, caller.userId, id);
  const change = isDismissed ? insertTwinDismissal : deleteTwinDismissal;
  await change(transaction, one, other);
  return { status: 204 };
});
