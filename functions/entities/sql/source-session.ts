import type { Queryable } from '../../platform/database/database.ts';
import { columnsOf } from './columns.ts';

export interface SourceSessionRow {
  user_id: string;
  session_id: string;
  /** False for a run that had facts of the source in its context, or read its page. */
  is_own: boolean;
}

/**
 * Returns the sessions through which a source reached entity files: those of the whole tenant for an admin, else the
 * caller's. Uses a definer function.
 */
export async function listSourceSessions(queryable: Queryable, sourceId: string): Promise<SourceSessionRow[]> {
  return queryable.query<SourceSessionRow>({
    name: 'list_source_sessions',
    text: 'select user_id, session_id, is_own from list_source_sessions($1)',
    values: [sourceId],
  });
}

/**
 * Makes the transaction act as a user whom the source reached, and writes the audit log. Returns false when the caller
 * is not allowed to. Uses the definer function `enter_source_repository`.
 */
export async function claimSourceRepository(
  queryable: Queryable,
  entry: { sourceId: string; userId: string; action: string },
): Promise<boolean> {
  const [row] = await queryable.query<{ entered: boolean }>({
    name: 'enter_source_repository',
    text: 'select enter_source_repository($1, $2, $3) as entered',
    values: [entry.sourceId, entry.userId, entry.action],
  });
  return row?.entered ?? false;
}

/** Undoes {@link claimSourceRepository}: the transaction acts as its own caller again. */
export async function releaseSourceRepository(queryable: Queryable, callerId: string): Promise<void> {
  await queryable.query({
    name: 'leave_source_repository',
    text: `select set_config('app.user_id', $1, true)`,
    values: [callerId],
  });
}

/**
 * Marks jobs as reverted: those of the source's own sessions in any state, those of influenced runs unless they are
 * committed. Increments `attempts`, so a worker that holds a claim loses it and writes nothing. A job that was reverted
 * before gets the new error.
 */
export async function updateJobsReverted(
  queryable: Queryable,
  sessions: { own: readonly string[]; influenced: readonly string[] },
  error: string,
): Promise<void> {
  await queryable.query({
    name: 'update_memory_jobs_reverted',
    text: `update memory_jobs set status = 'reverted', attempts = attempts + 1, lease_until = null, faults = '[]', error = $3, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and (status <> 'reverted' or error <> $3)
        and (session_id = any ($1) or session_id = any ($2) and status <> 'committed')`,
    values: [sessions.own, sessions.influenced, error],
  });
}

/** Keeps influenced runs that were not fed to the entity files yet from being fed. */
export async function updateSessionsKeptOut(queryable: Queryable, sessionIds: readonly string[]): Promise<void> {
  await queryable.query({
    name: 'update_memory_sessions_kept_out',
    text: `update memory_sessions set is_scanned = true
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = any ($1) and not is_scanned`,
    values: [sessionIds],
  });
}

/** Returns those of these sessions that have a change set which is staged and not committed. */
export async function listStagedSets(queryable: Queryable, sessionIds: readonly string[]): Promise<string[]> {
  const rows = await queryable.query<{ session_id: string }>({
    name: 'list_staged_memory_sets',
    text: `select s.session_id from memory_change_sets s
      where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and s.session_id = any ($1)
        and not exists (select from memory_commits c where c.tenant_id = s.tenant_id and c.user_id = s.user_id and c.session_id = s.session_id)`,
    values: [sessionIds],
  });
  return rows.map(({ session_id: sessionId }) => sessionId);
}

/** Deletes the change sets of these sessions that are staged and not committed. Returns the sessions that had one. */
export async function deleteStagedSets(queryable: Queryable, sessionIds: readonly string[]): Promise<string[]> {
  const rows = await queryable.query<{ session_id: string }>({
    name: 'delete_staged_memory_sets',
    text: `delete from memory_change_sets s
      where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and s.session_id = any ($1)
        and not exists (select from memory_commits c where c.tenant_id = s.tenant_id and c.user_id = s.user_id and c.session_id = s.session_id)
      returning s.session_id`,
    values: [sessionIds],
  });
  return rows.map(({ session_id: sessionId }) => sessionId);
}

/** Appends notes to the faults of jobs: which changes of a later session were removed with the source. */
export async function updateJobFaults(
  queryable: Queryable,
  notes: readonly { sessionId: string; note: string }[],
): Promise<void> {
  if (notes.length === 0) return;
  await queryable.query({
    name: 'update_memory_job_faults',
    text: `update memory_jobs j set faults = j.faults || n.notes, updated_at = now()
      from (select session_id, jsonb_agg(note) as notes from unnest($1::text[], $2::text[]) as u (session_id, note) group by session_id) n
      where j.tenant_id = current_tenant_id() and j.user_id = current_user_id() and j.session_id = n.session_id`,
    values: columnsOf(notes, 'sessionId', 'note'),
  });
}
