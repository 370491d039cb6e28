import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { replayDeadLetter } from '../../platform/queue/dead-letter.ts';

/**
 * Rings a dead task anew, with all its tries; it leaves the list, and comes back if it dies again. A second replay of the same letter is 404. A step does nothing
 * where its work was done or ended meanwhile. For admins.
 */
export const replayDeadLetterEndpoint = endpoint({
  name: 'runs-replay-dead-letter',
  route: 'POST /api/v1/dead-letters/{id}/replay',
  access: 'runs:admin',
  summary: 'Rings a task anew whose tries were used up.',
  params: z.strictObject({ id: idSchema('dead') }),
  reply: { 202: z.strictObject({ step: z.string() }) },
}).handle(async ({ params, transaction, caller }) => {
  const task = await replayDeadLetter(transaction, caller.tenantId, params.id);
  if (task === undefined) throw new Problem('not-found', 'There is no such dead letter.');
  return { status: 202, body: { step: task.step } };
});
