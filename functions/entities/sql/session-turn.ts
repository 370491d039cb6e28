import type { Queryable } from '../../platform/database/database.ts';
import type { Turn } from '../archive-turns.ts';

/** What was said in an archived session of the transaction's person, in its order. */
export async function listSessionTurns(queryable: Queryable, sessionId: string): Promise<Turn[]> {
  const rows = await queryable.query<Omit<Turn, 'caption'> & { caption: string | null }>({
    name: 'list_session_turns',
    text: `select speaker, said_at, text, caption from memory_turns
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 order by position`,
    values: [sessionId],
  });
  return rows.map(({ caption, ...turn }) => (caption === null ? turn : { ...turn, caption }));
}

export interface ArchivedSessionRow {
  id: string;
  user_id: string;
  kind: string;
  material: unknown;
  created_at: string;
}

/** An archived session of the transaction's tenant; whose it is, is the caller's to look at. */
export async function findArchivedSession(queryable: Queryable, id: string): Promise<ArchivedSessionRow | undefined> {
  const [row] = await queryable.query<ArchivedSessionRow>({
    name: 'find_archived_session',
    text: `select id, user_id, kind, material, created_at from memory_sessions where tenant_id = current_tenant_id() and id = $1`,
    values: [id],
  });
  return row;
}

/**
 * Archives a transcript, once. Nothing learns facts from it: what is known of it stands in its turns and in the entities that it is fed to, so it is learned
 * from when it comes in. False when there is a session of this id in the tenant.
 */
export async function insertTranscript(
  queryable: Queryable,
  { tenantId, userId, id }: { tenantId: string; userId: string; id: string },
): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_transcript_session',
    text: `insert into memory_sessions (tenant_id, id, user_id, kind, material, author_role, status, fact_count, learned_at, is_scanned)
      select $1, $2, u.id, 'transcript', '{}', u.role, 'learned', 0, now(), true from users u where u.id = $3 and u.tenant_id = $1
      on conflict (tenant_id, id) do nothing returning id`,
    values: [tenantId, id, userId],
  });
  return inserted.length > 0;
}

/** Marks an archived session as fed to entity memory; false when it was before. */
export async function updateSessionScanned(queryable: Queryable, id: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_session_scanned',
    text: `update memory_sessions set is_scanned = true where tenant_id = current_tenant_id() and id = $1 and not is_scanned returning id`,
    values: [id],
  });
  return updated.length > 0;
}

/** Archived sessions of all tenants that entity memory was not fed with, the oldest first. Through the definer function. */
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
