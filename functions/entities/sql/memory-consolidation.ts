import { type Claimed, claimStatements } from '../../platform/database/claim.ts';
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

/** Claims queued consolidations of the transaction's user. `renew` also holds the row until the transaction ends. */
export const consolidationClaims = claimStatements<ConsolidationRow>({
  name: 'memory_consolidations',
  waiting: 'queued',
  columns: COLUMNS,
  owner: 'user',
  hasUpdatedAt: true,
});

/** Inserts a consolidation. Returns false when one with the same key exists. */
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

/** Returns a consolidation of the transaction's user, by its id or key. */
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

/**
 * Returns a consolidation and locks it until the transaction ends, so that commits and undos run one after another.
 * Everybody locks the consolidation before the repository.
 */
export async function lockConsolidation(queryable: Queryable, id: string): Promise<ConsolidationRow | undefined> {
  const [row] = await queryable.query<ConsolidationRow>({
    name: 'lock_memory_consolidation',
    text: `select ${COLUMNS} from memory_consolidations
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 for update`,
    values: [id],
  });
  return row;
}

/** Lists the consolidations of the transaction's user, newest first. */
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

/**
 * Ends a consolidation whose tools are all done. A plan that changes nothing is committed at once: nobody has to decide
 * about it. Returns false when a newer claim has it.
 */
export async function updateConsolidationDone(queryable: Queryable, claim: Claimed): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_consolidation_done',
    text: `update memory_consolidations k set status = case when dry_run and exists (select from memory_consolidation_steps s
          where s.tenant_id = k.tenant_id and s.user_id = k.user_id and s.consolidation_id = k.id and s.plan -> 'operations' <> '[]')
        then 'staged' else 'committed' end, lease_until = null, error = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and attempts = $2 and status = 'queued' returning id`,
    values: [claim.id, claim.attempts],
  });
  return updated.length > 0;
}

/** Requeues a failed consolidation with a new set of tries. Returns false when it is not failed. */
export async function updateConsolidationRequeued(queryable: Queryable, id: string): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_consolidation_requeued',
    text: `update memory_consolidations set status = 'queued', postponements = attempts, lease_until = null, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'failed' returning id`,
    values: [id],
  });
  return updated.length > 0;
}

/** Marks a staged consolidation as committed. The caller's transaction holds the row. */
export async function updateStagedCommitted(queryable: Queryable, id: string): Promise<void> {
  await queryable.query({
    name: 'update_memory_consolidation_committed',
    text: `update memory_consolidations set status = 'committed', updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'staged'`,
    values: [id],
  });
}

/**
 * Marks a consolidation as undone, with the commit that undid it if it had changed anything. The caller's transaction
 * holds the row.
 */
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

/**
 * Lists users of all tenants with this many new commits, in turns of the tenants. SQL function
 * `list_unconsolidated_people`.
 */
export async function listUnconsolidatedPeople(
  system: Queryable,
  page: { least: number; limit: number },
): Promise<{ tenant_id: string; user_id: string }[]> {
  return system.query({
    name: 'list_unconsolidated_people',
    text: 'select tenant_id, user_id from list_unconsolidated_people($1, $2)',
    values: [page.least, page.limit],
  });
}
