import type { Transaction } from '../platform/database/database.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { pushTurns } from '../runs/claim.ts';
import { requireLockedRun } from '../runs/find-run.ts';
import { cancelRun } from '../runs/lifecycle/cancel.ts';
import { settleAfter } from '../runs/run.ts';
import { cancelAgents, wakeParent } from './sql/agent.ts';

/**
 * Cancels an agent and the agents below it, without the help of the processes that work on them: with this commit their
 * claims are lost. The root's run is cancelled with it. Another agent's parent is woken if it waits for it.
 * @returns true when this call cancelled the agent, false when it had already ended
 */
export async function cancelAgentTree(
  transaction: Transaction,
  tenantId: string,
  agent: { id: string; run_id: string; parent_id: string | null },
): Promise<boolean> {
  const { id, run_id: runId, parent_id: parentId } = agent;
  if (parentId === null) return cancelRun(transaction, tenantId, runId);
  const { event_seq: seq } = await requireLockedRun(transaction, runId);
  const [row] = await transaction.query<{ cancelled: number }>(cancelAgents(id));
  if (row === undefined || row.cancelled === 0) return false;
  const rows = await transaction.query(wakeParent({ id }));
  transaction.afterCommit(() => pushTurns(rows));
  await enqueue(transaction, tenantId, settleAfter(tenantId, runId, `${id}:${seq}`));
  return true;
}
