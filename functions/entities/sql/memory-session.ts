import type { Queryable } from '../../platform/database/database.ts';
import { utcOffsetOf, withOwnOffset } from '../../platform/instant.ts';
import type { Turn } from '../files/archive.ts';
import { columnsOf } from './columns.ts';

/** Archived sessions: conversations, runs and transcripts, with the material that memory learns from. */
export interface ArchivedSessionRow {
  id: string;
  kind: string;
  material: unknown;
  created_at: string;
}

interface NewMemorySession {
  tenantId: string;
  id: string;
  userId: string;
  kind: string;
  material: object;
}

/**
 * Archives a session. Returns false when its id exists already, or when its user does not (an erased user leaves
 * nothing behind).
 */
export async function insertMemorySession(queryable: Queryable, session: NewMemorySession): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_session',
    text: `insert into memory_sessions (tenant_id, id, user_id, kind, material, author_role)
      select $1, $2, u.id, $4, $5, u.role from users u where u.id = $3 and u.tenant_id = $1
      on conflict (tenant_id, user_id, id) do nothing
      returning id`,
    values: [session.tenantId, session.id, session.userId, session.kind, JSON.stringify(session.material)],
  });
  return inserted.length > 0;
}

/**
 * Archives a transcript. Returns false when the user has a session with this id. The session is inserted as learned
 * and scanned: no facts are learned from a transcript, and its caller starts the job that feeds it to the entity files.
 */
export async function insertTranscript(
  queryable: Queryable,
  { tenantId, userId, id }: { tenantId: string; userId: string; id: string },
): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_transcript_session',
    text: `insert into memory_sessions (tenant_id, id, user_id, kind, material, author_role, status, fact_count, learned_at, is_scanned)
      select $1, $2, u.id, 'transcript', '{}', u.role, 'learned', 0, now(), true from users u where u.id = $3 and u.tenant_id = $1
      on conflict (tenant_id, user_id, id) do nothing returning id`,
    values: [tenantId, id, userId],
  });
  return inserted.length > 0;
}

/** Returns an archived session of the transaction's user. */
export async function findArchivedSession(queryable: Queryable, id: string): Promise<ArchivedSessionRow | undefined> {
  const [row] = await queryable.query<ArchivedSessionRow>({
    name: 'find_archived_session',
    text: `select id, kind, material, created_at from memory_sessions where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1`,
    values: [id],
  });
  return row;
}

/** Returns the turns of an archived session of the transaction's user, in their order. */
export async function listSessionTurns(queryable: Queryable, sessionId: string): Promise<Turn[]> {
  const rows = await queryable.query<Omit<Turn, 'caption'> & { caption: string | null; utc_offset: number }>({
    name: 'list_session_turns',
    text: `select speaker, said_at, utc_offset, text, caption from memory_turns
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 order by position`,
    values: [sessionId],
  });
  return withOwnOffset(rows).map(({ caption, ...turn }) => (caption === null ? turn : { ...turn, caption }));
}

/** Marks an archived session as fed to the entity files. Returns false when it was marked before. */
export async function updateSessionScanned(queryable: Queryable, id: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_session_scanned',
    text: `update memory_sessions set is_scanned = true where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and not is_scanned returning id`,
    values: [id],
  });
  return updated.length > 0;
}

/** Lists archived sessions of all tenants that were not fed to entity files, oldest first. Uses a definer function. */
export async function listUnscannedSessions(
  system: Queryable,
  olderThanSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; user_id: string; session_id: string }[]> {
  return system.query<{ tenant_id: string; user_id: string; session_id: string }>({
    name: 'list_unscanned_sessions',
    text: 'select tenant_id, user_id, session_id from list_unscanned_sessions(make_interval(secs => $1::float8), $2)',
    values: [olderThanSeconds, limit],
  });
}

interface NewMemoryTurn {
  position: number;
  speaker: string;
  /** ISO 8601 with its time zone. */
  saidAt: string;
  text: string;
  caption: string | undefined;
}

/**
 * Inserts the turns of an archived session and returns how many were inserted. A position that exists stays as it is.
 * Inserts nothing when the session does not exist or belongs to another user.
 */
export async function insertMemoryTurns(
  queryable: Queryable,
  session: { tenantId: string; userId: string; sessionId: string },
  turns: readonly NewMemoryTurn[],
): Promise<number> {
  const inserted = await queryable.query({
    name: 'insert_memory_turns',
    text: `insert into memory_turns (tenant_id, user_id, session_id, position, speaker, said_at, utc_offset, text, caption)
      select s.tenant_id, s.user_id, s.id, t.position, t.speaker, t.said_at, t.utc_offset, t.text, t.caption
      from memory_sessions s
      cross join unnest($4::integer[], $5::text[], $6::timestamptz[], $7::smallint[], $8::text[], $9::text[])
        as t (position, speaker, said_at, utc_offset, text, caption)
      where s.tenant_id = $1 and s.user_id = $2 and s.id = $3
      on conflict (tenant_id, user_id, session_id, position) do nothing
      returning position`,
    values: [
      session.tenantId,
      session.userId,
      session.sessionId,
      ...columnsOf(
        turns.map((turn) => ({ ...turn, utcOffset: utcOffsetOf(turn.saidAt) })),
        'position',
        'speaker',
        'saidAt',
        'utcOffset',
        'text',
        'caption',
      ),
    ],
  });
  return inserted.length;
}

export interface MemoryTurn {
  session_id: string;
  position: number;
  speaker: string;
  said_at: string;
  text: string;
  caption: string | null;
}

/** Returns these turns of the caller (row-level security), in the order of `places`. */
export async function listMemoryTurns(
  queryable: Queryable,
  places: readonly { session: string; position: number }[],
): Promise<MemoryTurn[]> {
  const rows = await queryable.query<MemoryTurn & { utc_offset: number }>({
    name: 'list_memory_turns',
    text: `select t.session_id, t.position, t.speaker, t.said_at, t.utc_offset, t.text, t.caption
      from unnest($1::text[], $2::integer[]) with ordinality as p (session_id, position, place)
      join memory_turns t on t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.session_id = p.session_id and t.position = p.position
      order by p.place`,
    values: columnsOf(places, 'session', 'position'),
  });
  return withOwnOffset(rows);
}
