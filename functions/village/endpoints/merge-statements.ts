import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { updateStatementMerged } from '../sql/health.ts';
import { listStatementsByIds } from '../sql/statement.ts';
import { Statement, StatementId } from '../statement.ts';

/**
 * Merges two of the caller's own statements of one agent. Searches, lists and convergence leave the discarded one out;
 * its thread still shows it, nothing is deleted, and `DELETE /village/health/merges/{merged}` takes it back.
 * Idempotent. Answers 409 for statements of different agents or readers, and when one of them is merged already; 403
 * for another user's statement; 404 for one that the caller does not see.
 */
export const mergeStatements = endpoint({
  name: 'village-merge-statements',
  route: 'POST /api/v1/village/health/merge',
  access: 'village:write',
  summary: 'Merges two statements that say the same.',
  body: z.strictObject({ keep: StatementId, discard: StatementId }),
  reply: { 200: Statement },
}).handle(async ({ body, transaction }) => {
  const outcome = await updateStatementMerged(transaction, body);
  if (outcome === 'forbidden') throw new Problem('forbidden', 'You can merge only your own statements.');
  if (outcome === 'unlike')
    throw new Problem('conflict', 'Only two statements of one agent with the same readers can be merged.');
  if (outcome === 'merged-before')
    throw new Problem('conflict', 'One of the statements is merged already. Take its merge back first.');
  const [kept] = outcome === 'merged' ? await listStatementsByIds(transaction, [body.keep]) : [];
  if (kept === undefined) throw new Problem('not-found', 'There is no such statement.');
  return { status: 200, body: kept };
});
