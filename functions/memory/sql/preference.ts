import type { Queryable } from '../../platform/database/database.ts';

/**
 * The preferences of a user. Each hub is parsed by its schema, because another version of the program may have written
 * it.
 */
interface PreferencesRow {
  preferences: unknown;
  operating_ctx: unknown;
  soft_identity: unknown;
  evidence_log: unknown;
  staging_queue: unknown;
}

const COLUMNS = 'preferences, operating_ctx, soft_identity, evidence_log, staging_queue';

/** Returns the preferences of the current user; undefined when there are none. */
export async function findPreferences(queryable: Queryable): Promise<PreferencesRow | undefined> {
  const [row] = await queryable.query<PreferencesRow>({
    name: 'find_preferences',
    text: `select ${COLUMNS} from user_preferences where tenant_id = current_tenant_id() and user_id = current_user_id()`,
    values: [],
  });
  return row;
}

/**
 * Locks the current user's preferences until the transaction ends, and inserts an empty row when there is none.
 * Serializes decisions and scans.
 */
export async function lockPreferences(transaction: Queryable): Promise<PreferencesRow> {
  const [row] = await transaction.query<PreferencesRow>({
    name: 'lock_preferences',
    text: `insert into user_preferences as p (user_id, tenant_id) values (current_user_id(), current_tenant_id())
      on conflict (user_id) do update set updated_at = p.updated_at returning ${COLUMNS}`,
    values: [],
  });
  if (row === undefined) throw new Error('The upsert of user_preferences returned no row');
  return row;
}

/** Writes the queue of staged preferences. The caller's transaction has locked the row. */
export async function updateStaging(transaction: Queryable, queue: object): Promise<void> {
  await transaction.query({
    name: 'update_preference_staging',
    text: `update user_preferences set staging_queue = $1::jsonb, updated_at = now() where tenant_id = current_tenant_id() and user_id = current_user_id()`,
    values: [JSON.stringify(queue)],
  });
}

/** Writes a decision: the hubs, the queue and the evidence log. The caller's transaction has locked the row. */
export async function updatePreferences(transaction: Queryable, row: PreferencesRow): Promise<void> {
  await transaction.query({
    name: 'update_preferences',
    text: `update user_preferences set preferences = $1::jsonb, operating_ctx = $2::jsonb, soft_identity = $3::jsonb, evidence_log = $4::jsonb,
        staging_queue = $5::jsonb, updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id()`,
    values: [row.preferences, row.operating_ctx, row.soft_identity, row.evidence_log, row.staging_queue].map((value) =>
      JSON.stringify(value),
    ),
  });
}

/**
 * Marks ended runs of the current user as scanned, oldest first, and returns their queries. A concurrent scan skips
 * them.
 */
export async function claimUnscannedRuns(
  transaction: Queryable,
  limit: number,
): Promise<{ id: string; query: string; created_at: string }[]> {
  return transaction.query({
    name: 'claim_unscanned_runs',
    text: `with due as (
        select s.id from sessions s
        where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and not s.remme_scanned and s.status in ('completed', 'failed')
        order by s.created_at limit $1 for update skip locked
      ), marked as (
        update sessions s set remme_scanned = true from due where s.id = due.id returning s.id, s.tenant_id, s.user_id, s.query, s.created_at
      ), noted as (
        insert into scanned_runs (run_id, tenant_id, user_id) select id, tenant_id, user_id from marked on conflict (run_id) do nothing
      )
      select id, query, created_at from marked order by created_at`,
    values: [limit],
  });
}

/** Lists users of all tenants who have ended runs that were not scanned. Definer function `list_unscanned_people`. */
export async function listUnscannedPeople(
  system: Queryable,
  limit: number,
): Promise<{ tenant_id: string; user_id: string }[]> {
  return system.query({
    name: 'list_unscanned_people',
    text: 'select tenant_id, user_id from list_unscanned_people($1)',
    values: [limit],
  });
}
