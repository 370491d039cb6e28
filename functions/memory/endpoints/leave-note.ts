import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId, idSchema } from '../../platform/id.ts';
import { Note, NoteAgent, NoteContent } from '../notes/note.ts';
import { insertMemoryNote } from '../sql/memory-note.ts';
import { isRunOfCurrentUser } from '../sql/memory-source.ts';

/**
 * Leaves a note for the next session of a worker or an agent of the caller. Answers 404 for a run that is not the
 * caller's.
 */
export const leaveNote = endpoint({
  name: 'memory-leave-note',
  route: 'POST /api/v1/memory/notes',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Leaves a note for the next session.',
  body: NoteContent.extend({ agent: NoteAgent, run_id: idSchema('run').optional() }),
  reply: { 201: Note },
}).handle(async ({ body, transaction }) => {
  const { run_id: runId = null, ...note } = body;
  if (runId !== null && !(await isRunOfCurrentUser(transaction, runId)))
    throw new Problem('not-found', `You have no run ${runId}.`);
  const [row] = await transaction.query<Note>(insertMemoryNote({ ...note, run_id: runId, id: createId('note') }));
  if (row === undefined) throw new Error('The note was not written');
  return { status: 201, body: row };
});
