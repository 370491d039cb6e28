import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Note, NoteContent } from '../notes/note.ts';

/** The columns of a note, as `Note` has them: `references` is a reserved word of SQL. */
const COLUMNS = 'id, agent, run_id, summary, unfinished, discoveries, priority, links as "references", created_at';

/** A note to insert, with the call of a tool that leaves it. */
type NewNote = NoteContent & Pick<Note, 'id' | 'agent' | 'run_id'> & { callKey?: string };

/** Returns the statement that inserts a note of the current user. A repeated call of a tool inserts no second one. */
export function insertMemoryNote(note: NewNote): Statement {
  return {
    name: 'insert_memory_note',
    text: `insert into memory_notes (id, tenant_id, user_id, agent, run_id, summary, unfinished, discoveries, priority, links, call_key)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6, $7, $8, $9)
      on conflict (tenant_id, call_key) where call_key is not null do nothing returning ${COLUMNS}`,
    values: [
      note.id,
      note.agent,
      note.run_id,
      note.summary,
      note.unfinished,
      note.discoveries,
      note.priority,
      note.references,
      note.callKey,
    ],
  };
}

/** The place of a note in the list. */
export interface NotePosition {
  rank: number;
  created_at: string;
  id: string;
}

interface NoteList {
  /** Left out: the notes for every agent. */
  agent: string | undefined;
  days: number;
  after: NotePosition | undefined;
  limit: number;
}

/** Lists the current user's notes of the last days: unfinished work first, then by priority, the newest first. */
export async function listMemoryNotes(
  queryable: Queryable,
  { agent, days, after, limit }: NoteList,
): Promise<(Note & { rank: number })[]> {
  return queryable.query<Note & { rank: number }>({
    name: 'list_memory_notes',
    text: `select ${COLUMNS}, rank from (
        select n.*, case when n.unfinished = '{}' then 3 else 0 end
          + case n.priority when 'high' then 0 when 'medium' then 1 else 2 end as rank
        from memory_notes n where n.tenant_id = current_tenant_id() and n.user_id = current_user_id()
          and n.created_at > now() - make_interval(days => $1) and ($2::text is null or n.agent = $2)) n
      where $3::integer is null or rank > $3 or (rank = $3 and (created_at, id) < ($4, $5))
      order by rank, created_at desc, id desc limit $6`,
    values: [days, agent, after?.rank, after?.created_at, after?.id ?? '', limit],
  });
}

/** Deletes a note of the current user. Returns false when there is none. */
export async function deleteMemoryNote(queryable: Queryable, id: string): Promise<boolean> {
  const deleted = await queryable.query({
    name: 'delete_memory_note',
    text: `delete from memory_notes where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1
      returning id`,
    values: [id],
  });
  return deleted.length > 0;
}
