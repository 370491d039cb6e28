import type { Queryable, Role } from '../../platform/database/database.ts';

/** The columns that learning reads. `material` is parsed by its schema, since another version of us may have written it. */
export interface MemorySessionRow {
  id: string;
  user_id: string;
  material: unknown;
  author_role: Role;
  attempts: number;
  /** When the run ended: the day that its words are counted from. */
  created_at: string;
}

/** A claim of a session; `attempts` fences what it writes. */
export type SessionClaim = Pick<MemorySessionRow, 'id' | 'attempts'>;

/** Takes a pending session that nobody works on. The new value of `attempts` fences what this claim writes. */
export async function claimMemorySession(
  queryable: Queryable,
  id: string,
  leaseSeconds: number,
): Promise<MemorySessionRow | undefined> {
  const [claimed] = await queryable.query<MemorySessionRow>({
    name: 'claim_memory_session',
    text: `update memory_sessions set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::float8)
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and (lease_until is null or lease_until < now())
      returning id, user_id, material, author_role, attempts, created_at`,
    values: [id, leaseSeconds],
  });
  return claimed;
}

/** Prolongs a claim; false when it is not the newest any more. */
export async function updateMemorySessionLease(
  queryable: Queryable,
  claim: SessionClaim,
  leaseSeconds: number,
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_session_lease',
    text: `update memory_sessions set lease_until = now() + make_interval(secs => $3::float8)
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2
        and lease_until is not null returning id`,
    values: [claim.id, claim.attempts, leaseSeconds],
  });
  return updated.length > 0;
}

/** Seconds until a pending session may be claimed; undefined when there is nothing left to do. */
export async function findMemorySessionWait(queryable: Queryable, id: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ seconds: number }>({
    name: 'find_memory_session_wait',
    text: `select ceil(greatest(extract(epoch from coalesce(lease_until, now()) - now()), 1))::integer as seconds
      from memory_sessions where tenant_id = current_tenant_id() and id = $1 and status = 'pending'`,
    values: [id],
  });
  return row?.seconds;
}

/** Ends a session; false when the claim is not the newest any more. Together with the facts in one transaction it makes them be written once. */
export async function updateMemorySessionLearned(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  factCount: number,
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_session_learned',
    text: `update memory_sessions set status = 'learned', learned_at = now(), lease_until = null, error = null, fact_count = $3
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2
      returning id`,
    values: [claim.id, claim.attempts, factCount],
  });
  return updated.length > 0;
}

/** Gives a claim back after a failure, or ends the session as failed after the last attempt; undefined when the claim was lost. */
export async function releaseMemorySession(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  failure: { error: string; mostAttempts: number },
): Promise<'pending' | 'failed' | undefined> {
  const [released] = await queryable.query<{ status: 'pending' | 'failed' }>({
    name: 'release_memory_session',
    text: `update memory_sessions set status = case when attempts - postponements >= $4 then 'failed' else 'pending' end, lease_until = null, error = $3
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2
      returning status`,
    values: [claim.id, claim.attempts, failure.error, failure.mostAttempts],
  });
  return released?.status;
}

/** Gives a claim back that could not be paid for today; the try does not count. False when the claim was lost. */
export async function updateMemorySessionPostponed(
  queryable: Queryable,
  claim: SessionClaim,
  reason: string,
): Promise<boolean> {
  const postponed = await queryable.query({
    name: 'update_memory_session_postponed',
    text: `update memory_sessions set postponements = postponements + 1, lease_until = null, error = $3
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2
      returning id`,
    values: [claim.id, claim.attempts, reason],
  });
  return postponed.length > 0;
}

/** Archived sessions of all tenants that nobody learns from, oldest first; the definer function `list_forgotten_sessions`. */
export async function listForgottenSessions(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; run_id: string }[]> {
  return system.query({
    name: 'list_forgotten_sessions',
    text: 'select tenant_id, run_id from list_forgotten_sessions(make_interval(secs => $1::float8), $2)',
    values: [graceSeconds, limit],
  });
}
