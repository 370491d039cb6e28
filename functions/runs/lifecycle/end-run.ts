import { archiveSession, type SessionMaterial } from '../../entities/session.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { ModelChoice } from '../../platform/models/model.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import type { RunEvent } from '../events/event.ts';
import { isPlanner } from '../planning/graph.ts';
import type { RunEnd } from '../planning/next-moves.ts';
import { withoutRehearsalNotes } from '../rehearsal/scripted-notice.ts';
import { type RunKind, SettleRun } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes, type NodeRow } from '../sql/node.ts';
import { updateQuestionsWithdrawn } from '../sql/question.ts';
import { updateRunEnded } from '../sql/run.ts';
import { listRunsWaitingForSlot } from '../sql/slot.ts';

export interface Ending {
  tenantId: string;
  runId: string;
  kind: RunKind;
  userId: string;
  task: string;
  nodes: readonly NodeRow[];
  scripted: { scripted?: boolean };
  /** The step that takes up the run when it has completed. */
  followedBy: string | undefined;
}

/**
 * Ends the run, archives what memory can learn from it, lets the next run take its slot, and enqueues the step that
 * takes up a completed run, in one transaction.
 * Nothing is learned from a run over its budget, because learning needs a model call. What an answer of the
 * chat taught is proposed to its user, and a single call teaches nothing.
 */
export async function endRun(transaction: Transaction, run: Ending, end: RunEnd): Promise<void> {
  await transaction.query(cancelNodes(run.runId));
  await transaction.query(updateQuestionsWithdrawn(run.runId));
  if (!(await updateRunEnded(transaction, run.runId, end))) return;
  await transaction.query(appendEvents(run.runId, [eventOf(end, run.scripted)]));
  await settleWaitingRuns(transaction, run.tenantId, run.runId);
  if (end.status === 'completed' && run.followedBy !== undefined) await follow(transaction, run, run.followedBy);
  const { kind } = run;
  if (end.status === 'cost_exceeded' || kind === 'chat' || kind === 'call') return;
  await archiveSession(transaction, {
    tenantId: run.tenantId,
    userId: run.userId,
    runId: run.runId,
    kind,
    material: {
      task: run.task,
      reports: kind === 'agent' || kind === 'council' ? reportOfWhole(run, end) : reportsOf(run.nodes),
      model: modelOfFirst(run.nodes),
    },
  });
}

async function follow(transaction: Transaction, { tenantId, runId }: Ending, step: string): Promise<void> {
  const task = createTask({ ...SettleRun, step }, { tenant_id: tenantId, run_id: runId }, runId);
  await enqueue(transaction, tenantId, task);
}

/** Returns what the nodes found. A planner's result is the outline of its plan, which says nothing about the task. */
function reportsOf(nodes: readonly NodeRow[]): SessionMaterial['reports'] {
  return nodes.flatMap((node) =>
    node.result === null || isPlanner(node) ? [] : [{ worker: node.worker, text: withoutRehearsalNotes(node.result) }],
  );
}

/**
 * Returns the result of a tree of agents or of a council, by the worker that began it. What its members said on the way
 * was said in their parts, and is nothing to remember of the task.
 */
function reportOfWhole({ nodes, kind }: Ending, { result }: RunEnd): SessionMaterial['reports'] {
  const worker = kind === 'council' ? 'chair' : nodes[0]?.worker;
  return result === null || worker === undefined ? [] : [{ worker, text: withoutRehearsalNotes(result) }];
}

/**
 * Enqueues the settling of the tenant's runs that wait for a slot or for a place among the parallel nodes. `cause`
 * makes the task names unique.
 */
export async function settleWaitingRuns(transaction: Transaction, tenantId: string, cause: string): Promise<void> {
  for (const runId of await listRunsWaitingForSlot(transaction)) {
    const task = createTask(SettleRun, { tenant_id: tenantId, run_id: runId }, `slot:${runId}:${cause}`);
    await enqueue(transaction, tenantId, task);
  }
}

/** Returns the model of the first node; it also extracts what can be learned from the run. */
function modelOfFirst(nodes: readonly NodeRow[]): ModelChoice {
  const [first] = nodes;
  return ModelChoice.parse({ provider: first?.provider, model: first?.model });
}

function eventOf(end: RunEnd, scripted: { scripted?: boolean }): RunEvent {
  if (end.status === 'completed') {
    return {
      type: 'run_completed',
      level: 'info',
      source: 'system',
      message: 'The run is done',
      data: { result: end.result, ...scripted },
    };
  }
  const type = end.status === 'failed' ? 'run_failed' : 'run_cost_exceeded';
  return { type, level: 'error', source: 'system', message: end.error, data: { result: end.result, ...scripted } };
}
