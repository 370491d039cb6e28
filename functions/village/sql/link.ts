import { claimStatements } from '../../platform/database/claim.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Realm, StatementSource } from '../statement.ts';

/** A statement that is being linked. */
export interface StatementToLink {
  id: string;
  attempts: number;
  user_id: string;
  agent_id: string;
  realm: Realm;
  sides: string[] | null;
  readers: string[] | null;
  content: string;
  source_kind: StatementSource;
  thread_id: string | null;
  /** Null: it has no vector yet. */
  embedder: string | null;
}

/** Claims statements that are not linked. Any user's: the step knows the tenant only. */
export const statementClaims = claimStatements<StatementToLink>({
  name: 'village_knowledge',
  waiting: 'pending',
  columns: 'id, attempts, user_id, agent_id, realm, sides, readers, content, source_kind, thread_id, embedder',
  owner: 'tenant',
  hasUpdatedAt: true,
});

/**
 * Stores the vector of a statement. Idempotent. The lock (`for key share`) waits for a concurrent deletion of the
 * statement, which then gets none; without the lock the foreign key would fail.
 */
export async function insertVector(
  queryable: Queryable,
  id: string,
  { embedding, embedder }: { embedding: readonly number[]; embedder: string },
): Promise<void> {
  await queryable.query({
    name: 'insert_village_vector',
    text: `with stored as (
        insert into village_vectors (tenant_id, statement_id, embedding)
        select k.tenant_id, k.id, $2::vector from village_knowledge k where k.tenant_id = current_tenant_id() and k.id = $1 for key share
        on conflict (statement_id) do nothing returning statement_id)
      update village_knowledge set embedder = $3 where tenant_id = current_tenant_id()
        and id in (select statement_id from stored)`,
    values: [id, `[${embedding.join(',')}]`, embedder],
  });
}

/**
 * Ends the work on a statement, in the transaction that writes what was found. Returns false when a newer claim has it.
 */
export async function updateStatementLinked(
  queryable: Queryable,
  claim: { id: string; attempts: number },
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_village_statement_linked',
    text: `update village_knowledge set status = 'linked', lease_until = null, error = null
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2 returning id`,
    values: [claim.id, claim.attempts],
  });
  return updated.length > 0;
}

/** Counts the statements that the current user sees and that are not linked yet. */
export async function countUnlinked(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ statements: number }>({
    name: 'count_unlinked_village_statements',
    text: `select count(*)::integer as statements from village_knowledge
      where tenant_id = current_tenant_id() and status <> 'linked'`,
  });
  return row?.statements ?? 0;
}

/** Lists statements of all tenants that wait without a task. SQL function `list_forgotten_statements`. */
export async function listForgottenStatements(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; statement_id: string }[]> {
  return system.query({
    name: 'list_forgotten_statements',
    text: 'select tenant_id, statement_id from list_forgotten_statements(make_interval(secs => $1::float8), $2)',
    values: [graceSeconds, limit],
  });
}
