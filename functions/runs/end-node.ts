import { sendToQueue } from '../platform/queue/enqueue.ts';
import { createTask, insertTask } from '../platform/queue/task.ts';
import type { Claim, ClaimWrite, NodeEnd } from './claim.ts';
import type { RunEvent } from './events/event.ts';
import { SettleRun } from './run.ts';
import { findEndedNode } from './sql/lease.ts';
import { updateNodeEnded } from './sql/node.ts';

/**
 * Ends a claimed node: writes its state, the event and the task that settles the run in one fenced transaction,
 * together with the statements that led to the end. The task is named after the claim, so ending the node twice
 * enqueues one task.
 */
export async function endNode(
  claim: Claim,
  end: NodeEnd,
  { events = [], hold, statements = [] }: Partial<ClaimWrite> = {},
): Promise<void> {
  const { node, tenantId } = claim;
  const settle = createTask(SettleRun, { tenant_id: tenantId, run_id: node.run_id }, `${node.id}:${node.fence}`);
  const more = claim.writesAtEnd(claim, end);
  const tasks = [settle, ...(more.tasks ?? [])];
  await claim.commit({
    events: [...events, eventOf(claim, end)],
    hold,
    statements: [
      ...statements,
      updateNodeEnded(node.id, end),
      ...(more.statements ?? []),
      ...tasks.map((task) => insertTask(tenantId, task)),
    ],
    done: findEndedNode(node),
  });
  await claim.stop();
  for (const task of tasks) await sendToQueue(task);
}

function eventOf({ node }: Claim, end: NodeEnd): RunEvent {
  const data = { node: node.name, turns: node.turn, ...scriptedMark(node.provider) };
  if (end.status === 'completed') {
    return {
      type: 'node_completed',
      level: 'info',
      source: node.worker,
      message: `${node.name} is done`,
      data: { ...data, result: end.result },
    };
  }
  return {
    type: 'node_failed',
    level: 'error',
    source: node.worker,
    message: `${node.name} ${end.status}: ${end.error}`,
    data,
  };
}

/** Marks events of the rehearsal, so that readers see that no model answered. */
export function scriptedMark(provider: string): { scripted?: true } {
  return provider === 'rehearsal' ? { scripted: true } : {};
}
