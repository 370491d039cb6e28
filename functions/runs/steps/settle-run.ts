import { archiveSession } from '../../memory/session.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { ModelChoice } from '../../platform/models/model.ts';
import { step } from '../../platform/step.ts';
import { ringAll } from '../claim.ts';
import type { RunEvent } from '../event.ts';
import { Graph, nextMoves, type RunEnd } from '../graph.ts';
import { withoutStagecraft } from '../rehearsal/scripted-notice.ts';
import { hasEnded, SettleRun } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { listAddressees, ringLonelyWorkers } from '../sql/message.ts';
import { cancelNodes, listNodes, type NodeRow, ringNode, updateNodesSkipped } from '../sql/node.ts';
import { findRunForSettling, updateRunEnded } from '../sql/run.ts';

/**
 * Moves a run on: starts the nodes that may start, skips those that no longer can, ends the run when nothing is left to do. The run's row is locked, so
 * two settlers decide one after the other, and the second finds nothing to do. A run that has ended stays as it is.
 */
export const settleRun = step(SettleRun).handle(async ({ payload, database }) => {
  const { tenant_id: tenantId, run_id: runId } = payload;
  await database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    const run = await findRunForSettling(transaction, runId);
    if (run === undefined || hasEnded(run.status)) return;
    const nodes = await listNodes(transaction, runId);
    const moves = nextMoves(Graph.parse(run.graph_data), nodes, new Set(await listAddressees(transaction, runId)));
    const scripted = nodes.some((node) => node.provider === 'rehearsal') ? { scripted: true } : {};
    const skipped = moves.skip.map(
      ({ name, reason }): RunEvent => ({
        type: 'node_skipped',
        level: 'info',
        source: 'system',
        message: `${name} is skipped: ${reason}`,
        data: { node: name, ...scripted },
      }),
    );
    const rung = await transaction.queryAll([
      updateNodesSkipped(
        runId,
        moves.skip.map(({ name }) => name),
      ),
      ...(skipped.length > 0 ? [appendEvents(runId, skipped)] : []),
      ...nodes.filter((node) => moves.start.includes(node.name)).map((node) => ringNode(node.id)),
      ringLonelyWorkers(runId),
    ]);
    transaction.afterCommit(() => ringAll(rung.flat()));
    if (moves.end)
      await endRun(transaction, { tenantId, runId, userId: run.user_id, task: run.query, nodes, scripted }, moves.end);
  });
});

interface Ending {
  tenantId: string;
  runId: string;
  userId: string;
  task: string;
  nodes: readonly NodeRow[];
  scripted: { scripted?: boolean };
}

/**
 * Ends the run and hands over what can be learned from it, in the same transaction. Not from a run over its budget: learning asks a model, which costs what is
 * not there.
 */
async function endRun(transaction: Transaction, run: Ending, end: RunEnd): Promise<void> {
  await transaction.query(cancelNodes(run.runId));
  if (!(await updateRunEnded(transaction, run.runId, end))) return;
  await transaction.query(appendEvents(run.runId, [eventOf(end, run.scripted)]));
  if (end.status === 'cost_exceeded') return;
  await archiveSession(transaction, {
    tenantId: run.tenantId,
    userId: run.userId,
    runId: run.runId,
    kind: 'sprint',
    material: {
      task: run.task,
      reports: run.nodes.flatMap((node) =>
        node.result === null ? [] : [{ worker: node.worker, text: withoutStagecraft(node.result) }],
      ),
      model: modelOfChef(run.nodes),
    },
  });
}

/** Who planned the run also reads what can be learned from it. */
function modelOfChef(nodes: readonly NodeRow[]): ModelChoice {
  const chef = nodes.find((node) => node.worker === 'chef') ?? nodes[0];
  return ModelChoice.parse({ provider: chef?.provider, model: chef?.model });
}

function eventOf(end: RunEnd, scripted: { scripted?: boolean }): RunEvent {
  if (end.status === 'completed') {
    return {
      type: 'run_completed',
      level: 'info',
      source: 'system',
      message: 'The run is completed',
      data: { result: end.result, ...scripted },
    };
  }
  const type = end.status === 'failed' ? 'run_failed' : 'run_cost_exceeded';
  return { type, level: 'error', source: 'system', message: end.error, data: { result: end.result, ...scripted } };
}
