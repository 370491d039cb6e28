import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { deleteMemoryNote } from '../sql/memory-note.ts';

/** Deletes a note of the caller. Answers 404 for a note that does not exist or is another user's. */
export const deleteNote = endpoint({
  name: 'memory-delete-note',
  route: 'DELETE /api/v1/memory/notes/{id}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Deletes a note.',
  params: z.strictObject({ id: idSchema('note') }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  if (!(await deleteMemoryNote(transaction, params.id))) throw new Problem('not-found', 'There is no such note.');
  return { status: 204 };
});
