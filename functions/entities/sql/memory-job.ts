import { claimStatements } from '../../platform/database/claim.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Owner } from './memory-object.ts';

export type JobStatus = 'queued' | 'staged' | 'committed' | 'failed' | 'reverted';

export interface JobRow {
  id: string;
  session_id: string;
  commits: boolean;
  status: JobStatus;
  attempts: number;
  commit_id: string | null;
  faults: unknown;
  error: string | null;
  created_at: string;
  updated_at: string;
}

const COLUMNS = 'id, session_id, commits, status, attempts, commit_id, faults, error, created_at, updated_at';

/** Claims queued jobs of the transaction's user. */
export const jobClaims = claimStatements<JobRow>({
  name: 'memory_jobs',
  waiting: 'queued',
  columns: COLUMNS,
  owner: 'user',
  hasUpdatedAt: true,
});

/** Inserts the job of a session. Returns false when the session has one already. */
export async function insertJob(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  job: { id: string; sessionId: string; commits: boolean; faults?: readonly string[] },
): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_job',
    text: `insert into memory_jobs (id, tenant_id, user_id, session_id, commits, faults) values ($1, $2, $3, $4, $5, $6)
      on conflict (tenant_id, user_id, session_id) do nothing returning id`,
    values: [job.id, tenantId, userId, job.sessionId, job.commits, JSON.stringify(job.faults ?? [])],
  });
  return inserted.length > 0;
}

/** Returns a job of the transaction's user, by the job's id or its session's. */
export async function findJob(
  queryable: Queryable,
  by: { id?: string; sessionId?: string },
): Promise<JobRow | undefined> {
  const [row] = await queryable.query<JobRow>({
    name: 'find_memory_job',
    text: `select ${COLUMNS} from memory_jobs
      where tenant_id = current_tenant_id() and user_id = current_user_id() and (id = $1 or session_id = $2) limit 1`,
    values: [by.id, by.sessionId],
  });
  return row;
}

/**
 * Ends a claim as staged and adds the faults. Returns whether the session is to be committed as well, as requested by
 * now; undefined when a newer claim has the job.
 */
export async function updateJobStaged(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  faults: readonly string[],
): Promise<{ commits: boolean } | undefined> {
  const [row] = await queryable.query<{ commits: boolean }>({
    name: 'update_memory_job_staged',
    text: `update memory_jobs set status = 'staged', lease_until = null, error = null, faults = faults || $3::jsonb, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued' returning commits`,
    values: [claim.id, claim.attempts, JSON.stringify(faults)],
  });
  return row;
}

/** Requeues a failed job with a new set of tries. Returns false when the job is not failed. */
export async function updateJobRequeued(queryable: Queryable, id: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_job_requeued',
    text: `update memory_jobs set status = 'queued', postponements = attempts, lease_until = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'failed' returning id`,
    values: [id],
  });
  return updated.length > 0;
}

/**
 * Deletes a session's staged change set and requeues its job, so that it is proposed again on the current branch.
 * Returns false when no change set is staged.
 */
export async function deleteChangeSet(queryable: Queryable, sessionId: string): Promise<boolean> {
  const requeued = await queryable.query({
    name: 'delete_memory_change_set',
    text: `with requeued as (
        update memory_jobs set status = 'queued', postponements = attempts, lease_until = null, faults = '[]', updated_at = now()
        where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1 and status = 'staged' returning tenant_id, user_id, session_id
      )
      delete from memory_change_sets s using requeued r
      where s.tenant_id = r.tenant_id and s.user_id = r.user_id and s.session_id = r.session_id returning s.session_id`,
    values: [sessionId],
  });
  return requeued.length > 0;
}

/** Marks a job as committed: its change set is in the branch. */
export async function updateJobCommitted(queryable: Queryable, id: string, commitId: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_job_committed',
    text: `update memory_jobs set status = 'committed', commit_id = $2, lease_until = null, error = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status in ('queued', 'staged')`,
    values: [id, commitId],
  });
}

/**
 * Requests a commit of a job that was requested to be staged only. The call that works on the job reads it at the end.
 */
export async function updateJobCommits(queryable: Queryable, id: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_job_commits',
    text: `update memory_jobs set commits = true, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and not commits`,
    values: [id],
  });
}

export interface ChangeSetRow {
  session_id: string;
  base_commit: string | null;
  proposer: 'model' | 'rules';
  edits: unknown;
  session_day: string;
}

/** Stages the change set of a session; one for each session. Only the erasure of a source updates it afterwards. */
export async function insertChangeSet(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  set: {
    sessionId: string;
    baseCommit: string | undefined;
    proposer: string;
    edits: unknown;
    shown?: readonly string[];
    day: string;
  },
): Promise<void> {
  await queryable.query({
    name: 'insert_memory_change_set',
    text: `insert into memory_change_sets (tenant_id, user_id, session_id, base_commit, proposer, edits, session_day, shown)
      values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [
      tenantId,
      userId,
      set.sessionId,
      set.baseCommit,
      set.proposer,
      JSON.stringify(set.edits),
      set.day,
      set.shown ?? [],
    ],
  });
}

/** Replaces the edits of a change set. */
export async function updateChangeSetEdits(
  queryable: Queryable,
  { sessionId, edits }: { sessionId: string; edits: unknown },
): Promise<void> {
  await queryable.query({
    name: 'update_memory_change_set_edits',
    text: `update memory_change_sets set edits = $2
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1`,
    values: [sessionId, JSON.stringify(edits)],
  });
}

export async function findChangeSet(queryable: Queryable, sessionId: string): Promise<ChangeSetRow | undefined> {
  const [row] = await queryable.query<ChangeSetRow>({
    name: 'find_memory_change_set',
    text: `select session_id, base_commit, proposer, edits, session_day from memory_change_sets
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1`,
    values: [sessionId],
  });
  return row;
}
