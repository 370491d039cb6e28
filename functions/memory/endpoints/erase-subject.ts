import { z } from 'zod';
import { openDatabase } from '../../platform/database/open.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { UserId } from '../../platform/http/user-id.ts';
import { deleteSubject } from '../sql/subject.ts';

/**
 * Erases a subject of the caller permanently and returns a receipt: facts with their vectors and evidence, sessions and
 * turns, entity files with their history, keys, preferences, queued tasks, stored replies, and the name. Other subjects
 * and the caller's own memory do not change. The usage and the audit log stay; they name the subject by an id that
 * means nothing any more. A later write under the same name begins an empty memory. 404 for a name without memory.
 */
export const eraseSubject = endpoint({
  name: 'memory-erase-subject',
  route: 'DELETE /api/v1/memory/subjects/{user_id}',
  access: 'memory:write',
  summary: 'Erases the memory of a user of your application permanently.',
  params: z.strictObject({ user_id: UserId }),
  reply: {
    200: z.strictObject({
      rows: z.record(z.string(), z.int()).meta({ description: 'The number of deleted rows by table' }),
    }),
  },
}).handle(async ({ params, transaction }) => {
  const erased = await deleteSubject(transaction, params.user_id);
  if (erased === undefined) throw new Problem('not-found', 'There is no such user_id.');
  transaction.afterCommit(async () => (await openDatabase()).purge());
  return { status: 200, body: { rows: erased.rows } };
});
