import type { z } from 'zod';
import type { Queryable, Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import type { Run } from './run-view.ts';
import { findRunStatus, lockRun, type RunState } from './sql/run.ts';
import { findRunById, findSprintById, type SprintRow } from './sql/run-view.ts';
import { knownWorkerOf } from './worker.ts';

/** Reads of a run for endpoints. Each throws Problem 404 when the caller's tenant has no such run. */

/** Returns a run of any kind as the API shows it. @throws Problem 404 */
export async function showRun(queryable: Queryable, id: string): Promise<z.input<typeof Run>> {
  const run = (await findRunById(queryable, id)) ?? notFound('run');
  // A type of agents may have the name of a worker, and has other limits.
  const isOfWorkers = run.kind !== 'agent' && run.kind !== 'council';
  const nodes = run.graph.nodes.map((node) => ({
    ...node,
    max_turns: (isOfWorkers ? knownWorkerOf({ name: node.id, worker: node.worker })?.turns : undefined) ?? null,
  }));
  return { ...run, graph: { ...run.graph, nodes } };
}

/** Returns a sprint as the API shows it. @throws Problem 404, also for a run that is not a sprint */
export async function showSprint(queryable: Queryable, id: string): Promise<SprintRow> {
  return (await findSprintById(queryable, id)) ?? notFound('sprint');
}

/** Returns a run's state. @throws Problem 404 */
export async function requireRun(queryable: Queryable, id: string, noun: 'run' | 'sprint' = 'run'): Promise<RunState> {
  return (await findRunStatus(queryable, id)) ?? notFound(noun);
}

/** Locks a run and returns its state. @throws Problem 404 */
export async function requireLockedRun(transaction: Transaction, id: string): Promise<RunState> {
  await transaction.query(lockRun(id));
  return requireRun(transaction, id);
}

function notFound(noun: string): never {
  throw new Problem('not-found', `There is no such ${noun}.`);
}
