import { claimStatements } from '../../platform/database/claim.ts';
import type { Queryable, Role } from '../../platform/database/database.ts';

/** The columns that learning reads. `material` is parsed by its schema, since another version may have written it. */
export interface SessionRow {
  id: string;
  user_id: string;
  material: unknown;
  author_role: Role;
  attempts: number;
  /** When the run ended. Relative dates in its words count from this day. */
  created_at: string;
}

/** Claims archived sessions that no facts were learned from. Any user's: the step knows the tenant only. */
export const sessionClaims = claimStatements<SessionRow>({
  name: 'memory_sessions',
  waiting: 'pending',
  columns: 'id, user_id, material, author_role, attempts, created_at',
  owner: 'tenant',
  hasUpdatedAt: true,
});

/**
 * Ends a session as learned. In the transaction that writes the facts, so that they are written once. `fault` is why
 * rules learned instead of the model. Returns false when a newer claim has the session.
 */
export async function updateSessionLearned(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  learned: { facts: number; fault?: string | undefined },
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_memory_session_learned',
    text: `update memory_sessions set status = 'learned', learned_at = now(), lease_until = null, fact_count = $3, error = $4
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2
      returning id`,
    values: [claim.id, claim.attempts, learned.facts, learned.fault],
  });
  return updated.length > 0;
}

/** Lists sessions of all tenants that wait without a task, oldest first. SQL function `list_forgotten_sessions`. */
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
