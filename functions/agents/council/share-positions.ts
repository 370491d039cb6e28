import { cutText } from '../../platform/cut-text.ts';
import type { Database } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { postStatement } from '../../village/post-statement.ts';
import { findCouncilOfRun } from '../sql/council.ts';
import { findOwnerToShare, updateCouncilShared } from '../sql/shared-council.ts';

/** The most characters of the title of a thread. */
const LONGEST_TITLE = 200;

/**
 * Posts what each member of a completed council held last to the village, in one transaction: in a new thread with the
 * question as its title, each by the agent of the council's user that has the member's name. A position is read and
 * searched without its thread, so the question is its first line. Idempotent: the thread is stored with the council in
 * that transaction, so concurrent and repeated deliveries post once.
 */
export async function sharePositions(
  database: Database,
  { tenant_id: tenantId, run_id: runId }: { tenant_id: string; run_id: string },
): Promise<void> {
  const userId = await findOwnerToShare(database.as({ kind: 'tenant', tenantId }), runId);
  if (userId === undefined) return;
  await database.as({ kind: 'tenant', tenantId, userId }).transaction(async (transaction) => {
    const threadId = createId('thread');
    if (!(await updateCouncilShared(transaction, runId, threadId))) return;
    const { question, agents, stances } = await findCouncilOfRun(transaction, runId);
    const title = cutText(question.replace(/\s+/g, ' '), LONGEST_TITLE);
    const last = agents.flatMap(({ name }) => stances.findLast(({ agent }) => agent === name) ?? []);
    for (const [index, { agent, position, statement }] of last.entries())
      await postStatement(
        transaction,
        { tenantId, userId },
        {
          agent,
          content: `${title}\n– ${position}: ${statement}`,
          realm: 'village',
          category: 'position',
          threadId,
          ...(index === 0 && { threadTitle: title }),
          source: { kind: 'council', runId },
        },
      );
  });
}
