import type { Queryable } from '../../platform/database/database.ts';
import type { Owner } from './memory-object.ts';

export type ConsolidationStatus = 'queued' | 'staged' | 'committed' | 'failed' | 'undone';

export interface ConsolidationRow {
  id: string;
  key: string;
  started_by: 'person' | 'timer';
  tools: string[];
  soft_cap_tokens: number;
  dry_run: boolean;
  status: ConsolidationStatus;
  attempts: number;
  undo_commit: string | null;
  error: string | null;
  created_at: string;
  updated_at: string;
}

const COLUMNS =
  'id, key, started_by, tools, soft_cap_tokens, dry_run, status, attempts, undo_commit, error, created_at, updated_at';

/** Writes a consolidation down, once for each key; false when there is one of this key. */
export async function insertConsolidation(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  row: Pick<ConsolidationRow, 'id' | 'key' | 'started_by' | 'tools' | 'soft_cap_tokens' | 'dry_run'>,
): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_consolidation',
    text: `insert into memory_consolidations (id, tenant_id, user_id, key, started_by, tools, soft_cap_tokens, dry_run)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, user_id, key) do nothing returning id`,
    values: [row.id, tenantId, userId, row.key, row.started_by, row.tools, row.soft_cap_tokens, row.dry_run],
  });
  return inserted.length > 0;
}

/** A consolidation of the transaction's person, by its id or key. */
export async function findConsolidation(
  queryable: Queryable,
  by: { id?: string; key?: string },
): Promise<ConsolidationRow | undefined> {
  const [row] = await queryable.query<ConsolidationRow>({
    name: 'find_memory_consolidation',
    text: `select ${COLUMNS} from memory_consolidations
      where tenant_id = current_tenant_id() and user_id = current_user_id() and (id = $1 or key = $2) limit 1`,
    values: [by.id, by.key],
  });
  return row;
}

/** The same, held until the transaction ends: whoever commits or undoes it waits for the one before. Held before the repository, by everybody. */
export async function lockConsolidation(queryable: Queryable, id: string): Promise<ConsolidationRow | undefined> {
  const [row] = await queryable.query<ConsolidationRow>({
    name: 'lock_memory_consolidation',
    text: `select ${COLUMNS} from memory_consolidations
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 for update`,
    values: [id],
  });
  return row;
}

/** The consolidations of the transaction's person, newest first. */
export async function listConsolidations(
  queryable: Queryable,
  page: { before: string | undefined; limit: number },
): Promise<(ConsolidationRow & { commits: string[] })[]> {
  return queryable.query({
    name: 'list_memory_consolidations',
    text: `select ${COLUMNS}, array(select s.commit_id from memory_consolidation_steps s
          where s.tenant_id = k.tenant_id and s.user_id = k.user_id and s.consolidation_id = k.id and s.commit_id is not null order by s.created_at, s.tool) as commits
      from memory_consolidations k
      where tenant_id = current_tenant_id() and user_id = current_user_id() and ($1::text is null or id < $1) order by id desc limit $2`,
    values: [page.before, page.limit],
  });
}

/** Takes one that waits and that nobody works on. The new `attempts` fences what this claim writes. */
export async function claimConsolidation(
  queryable: Queryable,
  id: string,
  leaseSeconds: number,
): Promise<ConsolidationRow | undefined> {
  const [row] = await queryable.query<ConsolidationRow>({
    name: 'claim_memory_consolidation',
    text: `update memory_consolidations set attempts = attempts + 1, lease_until = now() + make_interval(secs => $2::float8), updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'queued'
        and (lease_until is null or lease_until < now())
      returning ${COLUMNS}`,
    values: [id, leaseSeconds],
  });
  return row;
}

/** Seconds until a waiting one may be claimed; undefined when it waits no more. */
export async function findConsolidationWait(queryable: Queryable, id: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ seconds: number }>({
    name: 'find_memory_consolidation_wait',
    text: `select ceil(greatest(extract(epoch from coalesce(lease_until, now()) - now()), 1))::integer as seconds from memory_consolidations
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'queued'`,
    values: [id],
  });
  return row?.seconds;
}

export interface ConsolidationClaim {
  id: string;
  attempts: number;
}

/** Holds the row of a claim and gives it this long again; false when a newer claim took over, or it waits no more. */
export async function updateClaimHeld(
  queryable: Queryable,
  claim: ConsolidationClaim,
  leaseSeconds: number,
): Promise<boolean> {
  const held = await queryable.query({
    name: 'update_memory_consolidation_held',
    text: `update memory_consolidations set lease_until = now() + make_interval(secs => $3::float8), updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued'
        and lease_until is not null returning id`,
    values: [claim.id, claim.attempts, leaseSeconds],
  });
  return held.length > 0;
}

/** Every tool is done; false when a newer claim took over. */
export async function updateConsolidationDone(queryable: Queryable, claim: ConsolidationClaim): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_consolidation_done',
    text: `update memory_consolidations set status = case when dry_run then 'staged' else 'committed' end, lease_until = null, error = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued' returning id`,
    values: [claim.id, claim.attempts],
  });
  return updated.length > 0;
}

/** Gives a claim back after a failure, or ends it as failed after the last try; undefined when the claim was lost. */
export async function releaseConsolidation(
  queryable: Queryable,
  claim: ConsolidationClaim,
  failure: { error: string; mostAttempts: number; isPostponed: boolean },
): Promise<'queued' | 'failed' | undefined> {
  const [row] = await queryable.query<{ status: 'queued' | 'failed' }>({
    name: 'release_memory_consolidation',
    text: `update memory_consolidations set postponements = postponements + $5::integer, lease_until = null, error = $3, updated_at = now(),
        status = case when attempts - postponements - $5::integer >= $4 then 'failed' else 'queued' end
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued'
      returning status`,
    values: [claim.id, claim.attempts, failure.error, failure.mostAttempts, failure.isPostponed ? 1 : 0],
  });
  return row?.status;
}

/** A failed one is tried anew, with all its tries; false when it did not fail. */
export async function updateConsolidationRequeued(queryable: Queryable, id: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_consolidation_requeued',
    text: `update memory_consolidations set status = 'queued', postponements = attempts, lease_until = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'failed' returning id`,
    values: [id],
  });
  return updated.length > 0;
}

/** What was staged is committed; the row is locked by the caller's transaction. */
export async function updateStagedCommitted(queryable: Queryable, id: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidation_committed',
    text: `update memory_consolidations set status = 'committed', updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'staged'`,
    values: [id],
  });
}

/** It is undone, by this commit where there was something to undo; the row is locked by the caller's transaction. */
export async function updateConsolidationUndone(
  queryable: Queryable,
  id: string,
  commitId: string | undefined,
): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidation_undone',
    text: `update memory_consolidations set status = 'undone', undo_commit = $2, lease_until = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status in ('committed', 'failed')`,
    values: [id, commitId],
  });
}

/** People of all tenants whose files changed enough, a page; the definer function `list_unconsolidated_people`. */
export async function listUnconsolidatedPeople(
  system: Queryable,
  page: { after: string; least: number; limit: number },
): Promise<{ repository_id: string; tenant_id: string; user_id: string }[]> {
  return system.query({
    name: 'list_unconsolidated_people',
    text: 'select repository_id, tenant_id, user_id from list_unconsolidated_people($1, $2, $3)',
    values: [page.after, page.least, page.limit],
  });
}
