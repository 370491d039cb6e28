import type { Statement } from '../../platform/database/batch.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { step } from '../../platform/step.ts';
import { pushTurns } from '../claim.ts';
import { isOwnEngine } from '../engine-version.ts';
import type { RunEvent } from '../events/event.ts';
import { endRun, settleWaitingRuns } from '../lifecycle/end-run.ts';
import { Graph } from '../planning/graph.ts';
import { type Moves, nextMoves } from '../planning/next-moves.ts';
import { replanStatements } from '../planning/replan.ts';
import { hasEnded, SettleRun } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { listAddressees, wakeWorkersWithoutSenders } from '../sql/message.ts';
import { enqueueTurn, listNodes, type NodeRow, updateNodesSkipped } from '../sql/node.ts';
import { findRunForSettling, updateRunStatus } from '../sql/run.ts';
import {
  findFreeNodeSlots,
  findFreeRunSlots,
  lockSlots,
  updateRunAdmitted,
  updateRunWaitsForSlot,
} from '../sql/slot.ts';

/** The most nodes of one run that work at the same time. */
const MOST_PARALLEL_NODES = 16;

/**
 * Advances a run: admits it when its tenant has a free slot, starts the nodes that are ready as far as the limits of
 * parallel nodes allow, skips nodes that can no longer start, asks the planner to replan failed nodes, and ends the run
 * when no node is left. A paused run starts nothing. The run's row is locked, so concurrent deliveries decide one after
 * the other. Idempotent: a second delivery finds nothing to do, and a run that has ended does not change.
 */
export const settleRun = step(SettleRun).handle(async ({ payload, database }) => {
  const { tenant_id: tenantId, run_id: runId } = payload;
  await database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    const run = await findRunForSettling(transaction, runId);
    if (run === undefined || hasEnded(run.status)) return;
    if (!isOwnEngine(runId, run.engine_version)) return;
    if (!run.admitted && !(await admit(transaction, runId))) return;
    const nodes = await listNodes(transaction, runId);
    const graph = Graph.parse(run.graph_data);
    const decided = nextMoves(graph, nodes, new Set(await listAddressees(transaction, runId)));
    const moves = run.paused ? { ...decided, start: [], replan: [] } : decided;
    const { started, heldBack } = await placesFor(transaction, moves.start, nodes);
    const rows = await transaction.queryAll([
      ...skipStatements(runId, moves, nodes),
      ...replanStatements({ runId, graph, nodes, failed: moves.replan }),
      ...nodes.filter((node) => started.includes(node.name)).map((node) => enqueueTurn(node.id)),
      updateRunWaitsForSlot(runId, heldBack),
      updateRunStatus(runId),
      wakeWorkersWithoutSenders(runId),
    ]);
    transaction.afterCommit(() => pushTurns(rows.flat()));
    if (moves.end) {
      await endRun(
        transaction,
        {
          tenantId,
          runId,
          kind: run.kind,
          userId: run.user_id,
          task: run.query,
          nodes,
          scripted: scriptedOf(nodes),
          followedBy: graph.followed_by,
        },
        moves.end,
      );
    } else if (!heldBack) await settleWaitingRuns(transaction, tenantId, `${runId}:${run.event_seq}`);
  });
});

async function admit(transaction: Transaction, runId: string): Promise<boolean> {
  await transaction.query(lockSlots());
  if ((await findFreeRunSlots(transaction)) <= 0) return false;
  const event = { type: 'run_admitted', level: 'info', source: 'system', message: 'The run has its slot' } as const;
  await transaction.queryAll([updateRunAdmitted(runId), appendEvents(runId, [event])]);
  return true;
}

/**
 * Returns the candidates for which there is a free place. `heldBack` is true when the tenant's limit delays a
 * candidate, so another run must end a node first.
 */
async function placesFor(
  transaction: Transaction,
  candidates: readonly string[],
  nodes: readonly NodeRow[],
): Promise<{ started: readonly string[]; heldBack: boolean }> {
  if (candidates.length === 0) return { started: [], heldBack: false };
  const active = nodes.filter((node) => node.active).length;
  const places = Math.max(0, MOST_PARALLEL_NODES - active);
  await transaction.query(lockSlots());
  const free = Math.max(0, await findFreeNodeSlots(transaction));
  return { started: candidates.slice(0, Math.min(places, free)), heldBack: free < Math.min(places, candidates.length) };
}

function skipStatements(runId: string, moves: Moves, nodes: readonly NodeRow[]): Statement[] {
  if (moves.skip.length === 0) return [];
  const names = moves.skip.map(({ name }) => name);
  const events = moves.skip.map(
    ({ name, reason }): RunEvent => ({
      type: 'node_skipped',
      level: 'info',
      source: 'system',
      message: `${name} is skipped: ${reason}`,
      data: { node: name, ...scriptedOf(nodes) },
    }),
  );
  return [updateNodesSkipped(runId, names), appendEvents(runId, events)];
}

function scriptedOf(nodes: readonly NodeRow[]): { scripted?: boolean } {
  return nodes.some((node) => node.provider === 'rehearsal') ? { scripted: true } : {};
}
