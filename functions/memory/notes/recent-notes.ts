import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { insertMemoryNote, listMemoryNotes } from '../sql/memory-note.ts';
import { LOOKBACK_DAYS, type Note, type NoteContent } from './note.ts';

/**
 * Returns the notes of the last seven days that an agent's next session needs: those with unfinished work first, then
 * by priority, the newest first. They are notes of the queryable's user. Show them with `renderNotes`.
 */
export async function recentNotes(
  queryable: Queryable,
  { agent, limit }: { agent: string | undefined; limit: number },
): Promise<Note[]> {
  const rows = await listMemoryNotes(queryable, { agent, days: LOOKBACK_DAYS, after: undefined, limit });
  return rows.map(({ rank: _, ...note }) => note);
}

/** Returns the statement that leaves a note of a run. A repeated call leaves one note. */
export function leaveNoteOf(note: NoteContent & { agent: string; run_id: string; callKey: string }): Statement {
  return insertMemoryNote({ ...note, id: createId('note') });
}
