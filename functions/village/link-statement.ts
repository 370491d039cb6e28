import type { Database } from '../platform/database/database.ts';
import { FenceLost } from '../platform/errors.ts';
import { workOnClaim } from '../usage/claimed-work.ts';
import { buyEmbedding } from '../usage/embed-texts.ts';
import { insertVector, type StatementToLink, statementClaims, updateStatementLinked } from './sql/link.ts';

interface LinkedStatement {
  database: Database;
  tenantId: string;
  statementId: string;
  signal: AbortSignal;
}

/**
 * Embeds a statement at its user's cost. Idempotent: duplicate, late and concurrent calls are no-ops. Until it has a
 * vector, the statement is found by its words.
 *
 * pending → linked, or failed; {@link workOnClaim} says when a failure is tried again.
 * @throws NotNow while another call works on the statement, or until the next day
 */
export async function linkStatement({ database, tenantId, statementId, signal }: LinkedStatement): Promise<void> {
  const name = `The statement ${statementId}`;
  const queryable = database.as({ kind: 'tenant', tenantId });
  const fields = { tenant_id: tenantId, statement_id: statementId };
  await workOnClaim(
    { name, id: statementId, statements: statementClaims, queryable, signal, fields },
    async (claimed, leased) => {
      await embedStatement(database, tenantId, claimed, leased);
      await queryable.transaction(async (transaction) => {
        if (!(await updateStatementLinked(transaction, claimed))) throw new FenceLost(name);
      });
    },
  );
}

/** Stores the vector of a statement as soon as it is bought, so that a later failure does not buy it again. */
async function embedStatement(
  database: Database,
  tenantId: string,
  { id, attempts, user_id: userId, content, embedder: known }: StatementToLink,
  signal: AbortSignal,
): Promise<void> {
  if (known !== null) return;
  const bought = { texts: [content], purpose: 'document' as const, signal, reference: `${id} attempt ${attempts}` };
  const { vectors, embedder } = await buyEmbedding(database, { tenantId, userId }, bought);
  await insertVector(database.as({ kind: 'tenant', tenantId }), id, { embedding: vectors[0] ?? [], embedder });
}
