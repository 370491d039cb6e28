import type { Database, Transaction } from '../platform/database/database.ts';
import { FenceLost } from '../platform/errors.ts';
import { calibrationOf } from '../platform/language/claims/calibrations.ts';
import { workOnClaim } from '../usage/claimed-work.ts';
import { buyEmbedding } from '../usage/embed-texts.ts';
import { compareStatement } from './convergence/compare-statement.ts';
import { appendVillageEvent } from './sql/event.ts';
import { insertVector, type StatementToLink, statementClaims, updateStatementLinked } from './sql/link.ts';
import { insertPairs, type NewPair } from './sql/pair.ts';

interface LinkedStatement {
  database: Database;
  tenantId: string;
  statementId: string;
  signal: AbortSignal;
}

/**
 * Embeds a statement at its user's cost, compares it with the nearest statements of other agents and stores the pairs.
 * Idempotent: duplicate, late and concurrent calls are no-ops. Until it has a vector, the statement is found by its
 * words.
 *
 * No pair is missed: a vector is committed before its statement looks for others, so of two statements that are linked
 * at the same time at least one finds the other. When both do, a model may be asked twice; one verdict is stored.
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
      const embedder = await embedStatement(database, tenantId, claimed, leased);
      const pairs = await compareStatement({ database, tenantId, statement: claimed, embedder, signal: leased });
      await queryable.transaction(async (transaction) => {
        await writePairs(transaction, { statementId: claimed.id, embedder, pairs });
        if (!(await updateStatementLinked(transaction, claimed))) throw new FenceLost(name);
      });
    },
  );
}

/** Stores pairs, and tells of those that count. */
async function writePairs(
  transaction: Transaction,
  { statementId, embedder, pairs }: { statementId: string; embedder: string; pairs: readonly NewPair[] },
): Promise<void> {
  const { threshold } = calibrationOf(embedder);
  const found = (await insertPairs(transaction, statementId, pairs)).filter(
    ({ relation, similarity, judged_by: by }) =>
      relation !== 'unrelated' && (by === 'model' || similarity >= threshold),
  );
  await transaction.queryAll(
    found.map(({ one_id: one, other_id: other, readers, relation, similarity }) =>
      appendVillageEvent('pair_found', readers, { one, other, relation, similarity }),
    ),
  );
}

/**
 * Stores the vector of a statement as soon as it is bought, so that a later failure does not buy it again. Returns the
 * embedder.
 */
async function embedStatement(
  database: Database,
  tenantId: string,
  { id, attempts, user_id: userId, content, embedder: known }: StatementToLink,
  signal: AbortSignal,
): Promise<string> {
  if (known !== null) return known;
  const bought = { texts: [content], purpose: 'document' as const, signal, reference: `${id} attempt ${attempts}` };
  const { vectors, embedder } = await buyEmbedding(database, { tenantId, userId }, bought);
  await insertVector(database.as({ kind: 'tenant', tenantId }), id, { embedding: vectors[0] ?? [], embedder });
  return embedder;
}
