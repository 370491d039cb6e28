import type { Transaction } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { pushTurns } from '../../runs/claim.ts';
import { requireLockedRun } from '../../runs/find-run.ts';
import { cancelRun } from '../../runs/lifecycle/cancel.ts';
import { settleAfter } from '../../runs/run.ts';
import { Agent, AgentParams } from '../agent.ts';
import { requireAgent } from '../find-agent.ts';
import { cancelAgents, wakeParent } from '../sql/agent.ts';

/**
 * Cancels an agent with all agents below it, in any state and without the help of the processes that work on them: with
 * this commit their claims are lost. Of a root it cancels the whole tree; else the agent that has spawned it goes on
 * and reads that it was cancelled. Answers 202 when this call cancelled it, 200 when it had already ended.
 */
export const cancelAgent = endpoint({
  name: 'agents-cancel-agent',
  route: 'POST /api/v1/agents/{id}/cancel',
  access: 'agents:write',
  summary: 'Cancels an agent and all agents below it, in any state, within seconds.',
  params: AgentParams,
  reply: { 202: Agent, 200: Agent },
}).handle(async ({ params, transaction, caller: { tenantId } }) => {
  const { id, run_id: runId, parent_id: parentId } = await requireAgent(transaction, params.id);
  const isCancelled =
    parentId === null
      ? await cancelRun(transaction, tenantId, runId)
      : await cancelBranch(transaction, tenantId, { id, runId });
  const body = await requireAgent(transaction, id);
  return isCancelled ? { status: 202, body } : { status: 200, body };
});

/** Cancels a part of a tree and wakes the agent that waits for it. Returns false when the part had ended. */
async function cancelBranch(
  transaction: Transaction,
  tenantId: string,
  { id, runId }: { id: string; runId: string },
): Promise<boolean> {
  const { event_seq: seq } = await requireLockedRun(transaction, runId);
  const [row] = await transaction.query<{ cancelled: number }>(cancelAgents(id));
  if (row === undefined || row.cancelled === 0) return false;
  const rows = await transaction.query(wakeParent({ id }));
  transaction.afterCommit(() => pushTurns(rows));
  await enqueue(transaction, tenantId, settleAfter(tenantId, runId, `${id}:${seq}`));
  return true;
}
