import type { Queryable } from '../../platform/database/database.ts';

export interface SourceSessionRow {
  user_id: string;
  session_id: string;
  /** False for a run that was under the source's influence. */
  is_own: boolean;
}

/** The sessions through which a source reached entity files; of the whole tenant for an admin, else the scope's person's. Definer function. */
export async function listSourceSessions(queryable: Queryable, sourceId: string): Promise<SourceSessionRow[]> {
  return queryable.query<SourceSessionRow>({
    name: 'list_source_sessions',
    text: 'select user_id, session_id, is_own from list_source_sessions($1)',
    values: [sourceId],
  });
}

/**
 * From now on the transaction acts in the entity memory of a person whom the source reached, with a line in the audit log; false when it may not. Definer
 * function `enter_source_repository`.
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

/** Ends what {@link claimSourceRepository} began: the transaction acts as its own caller again. */
export async function releaseSourceRepository(queryable: Queryable, callerId: string): Promise<void> {
  await queryable.query({
    name: 'leave_source_repository',
    text: `select set_config('app.user_id', $1, true)`,
    values: [callerId],
  });
}

/**
 * Ends the jobs of sessions that are taken back: those of the source in any state, those of runs under its influence where they are not applied yet. What had
 * claimed one writes nothing any more.
 */
export async function updateJobsReverted(
  queryable: Queryable,
  sessions: { own: readonly string[]; influenced: readonly string[] },
): Promise<void> {
  await queryable.query({
    name: 'update_memory_jobs_reverted',
    text: `update memory_jobs set status = 'reverted', attempts = attempts + 1, lease_until = null, faults = '[]', updated_at = now(),
        error = 'Taken back with its source; it is not applied again.'
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status <> 'reverted'
        and (session_id = any ($1) or session_id = any ($2) and status <> 'committed')`,
    values: [sessions.own, sessions.influenced],
  });
}

/** Runs under a source's influence that were not fed to entity memory are not fed any more. */
export async function updateSessionsKeptOut(queryable: Queryable, sessionIds: readonly string[]): Promise<void> {
  await queryable.query({
    name: 'update_memory_sessions_kept_out',
    text: `update memory_sessions set is_scanned = true
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = any ($1) and not is_scanned`,
    values: [sessionIds],
  });
}

/** Deletes what sessions had staged and is not in the branch. Answers which ones had. */
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

/** Notes in the jobs of later sessions what of them was withdrawn. */
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
    values: [notes.map(({ sessionId }) => sessionId), notes.map(({ note }) => note)],
  });
}
