import type { Queryable } from '../../platform/database/database.ts';
import { ENGINE_VERSION } from '../engine-version.ts';
import { SettleRun, TakeTurn } from '../run.ts';
import type { TurnTask } from './node.ts';

export interface StalledNode {
  tenant_id: string;
  run_id: string;
  node_id: string;
  generation: number;
  reason: 'wake_up_missed' | 'lease_expired' | 'task_lost';
}

/**
 * Lists nodes of all tenants that should move and do not, of runs of this engine version, with the definer function
 * `list_stalled_nodes`.
 */
export async function listStalledNodes(system: Queryable, graceSeconds: number, limit: number): Promise<StalledNode[]> {
  return system.query<StalledNode>({
    name: 'list_stalled_nodes',
    text: 'select tenant_id, run_id, node_id, generation, reason from list_stalled_nodes(make_interval(secs => $1::float8), $2, $3, $4)',
    values: [graceSeconds, limit, ENGINE_VERSION, ENGINE_VERSION],
  });
}

/** Enqueues the next turn of a stalled node, unless it has moved since it was listed. */
export async function releaseStalledNode(queryable: Queryable, node: StalledNode): Promise<TurnTask | undefined> {
  const [task] = await queryable.query<TurnTask>({
    name: 'release_stalled_node',
    text: `select r.task_name, r.step, r.payload, r.not_before
      from (select id from run_nodes where id = $1 and generation = $2 and status in ('pending', 'running')
        and coalesce(wake_at, lease_until, rung_at) < now() for update skip locked) n
      cross join lateral ring_node(n.id, $3, $4) r`,
    values: [node.node_id, node.generation, TakeTurn.step, TakeTurn.queue],
  });
  return task;
}

/** A run that cannot continue: its tenant is disabled, or the task that settles it is dead. */
export interface DoomedRun {
  tenant_id: string;
  run_id: string;
  reason: 'tenant_disabled' | 'settling_dead';
}

/**
 * Lists runs of all tenants that cannot continue, of this engine version, with the definer function `list_doomed_runs`.
 */
export async function listDoomedRuns(system: Queryable, graceSeconds: number, limit: number): Promise<DoomedRun[]> {
  return system.query<DoomedRun>({
    name: 'list_doomed_runs',
    text: 'select tenant_id, run_id, reason from list_doomed_runs(make_interval(secs => $1::float8), $2, $3, $4, $5)',
    values: [graceSeconds, limit, ENGINE_VERSION, ENGINE_VERSION, SettleRun.step],
  });
}

/** How far the engine is behind: ages in seconds, and counts. */
interface EngineMeasures {
  oldest_unsent_seconds: number;
  oldest_stalled_seconds: number;
  longest_transaction_seconds: number;
  /** Runs of other engine versions that have not ended. */
  foreign_engine_runs: number;
  dead_letters: number;
}

/** Measures all tenants with the definer function `measure_engine`. */
export async function findEngineMeasures(system: Queryable): Promise<EngineMeasures> {
  const [row] = await system.query<EngineMeasures>({
    name: 'measure_engine',
    text: `select oldest_unsent_seconds, oldest_stalled_seconds, longest_transaction_seconds, foreign_engine_runs, dead_letters
      from measure_engine($1, $2)`,
    values: [ENGINE_VERSION, ENGINE_VERSION],
  });
  if (row === undefined) throw new Error('The SQL function measure_engine returned no row');
  return row;
}
