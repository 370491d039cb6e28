import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { replayDeadLetter } from '../../platform/queue/dead-letter.ts';

/**
 * Enqueues a dead task again with a full number of attempts and removes it from the list; it returns to the list if it
 * dies again. Answers 404 for a second replay of the same dead letter. The task does nothing when its work was done in
 * the meantime. For admins.
 */
export const replayDeadLetterEndpoint = endpoint({
  name: 'runs-replay-dead-letter',
  route: 'POST /api/v1/dead-letters/{id}/replay',
  access: 'runs:admin',
  summary: 'Enqueues a task again that had used up its attempts.',
  params: z.strictObject({ id: idSchema('dead') }),
  reply: { 202: z.strictObject({ step: z.string() }) },
}).handle(async ({ params, transaction, caller }) => {
  const task = await replayDeadLetter(transaction, caller.tenantId, params.id);
  if (task === undefined) throw new Problem('not-found', 'There is no such dead letter.');
  return { status: 202, body: { step: task.step } };
});
