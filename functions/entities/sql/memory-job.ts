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

/** The job of a session, made once; false when the session has one. */
export async function insertJob(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  job: { id: string; sessionId: string; commits: boolean },
): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_job',
    text: `insert into memory_jobs (id, tenant_id, user_id, session_id, commits) values ($1, $2, $3, $4, $5)
      on conflict (tenant_id, user_id, session_id) do nothing returning id`,
    values: [job.id, tenantId, userId, job.sessionId, job.commits],
  });
  return inserted.length > 0;
}

/** A job of the transaction's person, by its id or by its session. */
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

/** Takes a job that waits and that nobody works on. The new `attempts` fences what this claim writes. */
export async function claimJob(queryable: Queryable, id: string, leaseSeconds: number): Promise<JobRow | undefined> {
  const [row] = await queryable.query<JobRow>({
    name: 'claim_memory_job',
    text: `update memory_jobs set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::float8), updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'queued'
        and (lease_until is null or lease_until < now())
      returning ${COLUMNS}`,
    values: [id, leaseSeconds],
  });
  return row;
}

/** Prolongs a claim; false when it is not the newest any more. */
export async function updateJobLease(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  leaseSeconds: number,
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_job_lease',
    text: `update memory_jobs set lease_until = now() + make_interval(secs => $3::float8)
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'queued' and attempts = $2
        and lease_until is not null returning id`,
    values: [claim.id, claim.attempts, leaseSeconds],
  });
  return updated.length > 0;
}

/** Seconds until a waiting job may be claimed; undefined when it waits no more. */
export async function findJobWait(queryable: Queryable, id: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ seconds: number }>({
    name: 'find_memory_job_wait',
    text: `select ceil(greatest(extract(epoch from coalesce(lease_until, now()) - now()), 1))::integer as seconds from memory_jobs
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'queued'`,
    values: [id],
  });
  return row?.seconds;
}

/** A claim was worked off; undefined when a newer one took over. Answers whether the session is to be committed, as it is wished by now. */
export async function updateJobStaged(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  faults: readonly string[],
): Promise<{ commits: boolean } | undefined> {
  const [row] = await queryable.query<{ commits: boolean }>({
    name: 'update_memory_job_staged',
    text: `update memory_jobs set status = 'staged', lease_until = null, error = null, faults = $3, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued' returning commits`,
    values: [claim.id, claim.attempts, JSON.stringify(faults)],
  });
  return row;
}

/** A failed job is tried anew, with all its tries; false when it did not fail. */
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
 * Takes a staged session's change set back, so that it is made anew on the branch as it is; false when it is not staged (any more). What was staged is deleted,
 * never changed.
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

/** The session's change set is in the branch. */
export async function updateJobCommitted(queryable: Queryable, id: string, commitId: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_job_committed',
    text: `update memory_jobs set status = 'committed', commit_id = $2, lease_until = null, error = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status in ('queued', 'staged')`,
    values: [id, commitId],
  });
}

/** A staged session shall be committed by whoever works on it: what asked for staging only is asked for more now. */
export async function updateJobCommits(queryable: Queryable, id: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_job_commits',
    text: `update memory_jobs set commits = true, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and not commits`,
    values: [id],
  });
}

/** Gives a claim back after a failure, or ends the job as failed after the last try; undefined when the claim was lost. */
export async function releaseJob(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  failure: { error: string; mostAttempts: number; isPostponed: boolean },
): Promise<'queued' | 'failed' | undefined> {
  const [row] = await queryable.query<{ status: 'queued' | 'failed' }>({
    name: 'release_memory_job',
    text: `update memory_jobs set postponements = postponements + $5::integer, lease_until = null, error = $3, updated_at = now(),
        status = case when attempts - postponements - $5::integer >= $4 then 'failed' else 'queued' end
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued'
      returning status`,
    values: [claim.id, claim.attempts, failure.error, failure.mostAttempts, failure.isPostponed ? 1 : 0],
  });
  return row?.status;
}

export interface ChangeSetRow {
  session_id: string;
  base_commit: string | null;
  proposer: 'model' | 'rules';
  edits: unknown;
  session_day: string;
}

/** Stages a session: one change set each, never changed. */
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

export async function findChangeSet(queryable: Queryable, sessionId: string): Promise<ChangeSetRow | undefined> {
  const [row] = await queryable.query<ChangeSetRow>({
    name: 'find_memory_change_set',
    text: `select session_id, base_commit, proposer, edits, session_day from memory_change_sets
      where tenant_id = current_tenant_id() and user_id = current_user_id() and session_id = $1`,
    values: [sessionId],
  });
  return row;
}
