import type { Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { ModelError } from '../platform/models/model.ts';
import { isHostAllowed } from '../tools/network-policy.ts';
import { ringAll } from './claim.ts';
import { scriptedMark } from './end-node.ts';
import type { Graph, GraphNode } from './graph.ts';
import { chooseWorkerModel } from './open-model.ts';
import { ENGINE_VERSION } from './run.ts';
import { appendEvents } from './sql/event.ts';
import { insertNodes, ringNode } from './sql/node.ts';
import { findTenantForStart, insertRun } from './sql/run.ts';
import { assignmentOf, workerOf } from './worker.ts';

export interface NewRun {
  kind: 'sprint' | 'run';
  query: string;
  agentType?: string | undefined;
  team: readonly string[];
  githubRepo?: string | undefined;
  budgetUsd?: number | undefined;
  allowedHosts?: readonly string[] | undefined;
  graph: Graph;
}

/**
 * Writes a run, its nodes, its first event and its first task in the caller's transaction, so an accepted run is never lost.
 * @returns the run's id
 * @throws Problem 429 over the tenant's `max_concurrent_sprints`, 403 for a host that the tenant does not allow, 501 without a model
 */
export async function startRun(transaction: Transaction, run: NewRun): Promise<string> {
  const tenant = await findTenantForStart(transaction);
  if (tenant.active >= tenant.max_concurrent_sprints) {
    throw new Problem(
      'too-many-requests',
      `Your tenant runs ${tenant.max_concurrent_sprints} sprints at the same time at most; wait for one to end or cancel one.`,
      { retryAfterSeconds: 10 },
    );
  }
  refuseHosts(run.allowedHosts ?? [], tenant.allowed_hosts);
  const id = createId('run');
  const nodes = run.graph.nodes.map((node) => ({
    id: createId('node'),
    ...node,
    ...modelOf(tenant.worker_config, node),
  }));
  const [first] = nodes;
  if (first === undefined) throw new Error('A run has no node');
  const rung = await transaction.queryAll([
    insertRun({ ...run, id, modelUsed: `${first.provider}/${first.model}`, engineVersion: ENGINE_VERSION }),
    insertNodes(id, nodes),
    appendEvents(id, [
      {
        type: 'run_started',
        level: 'info',
        source: 'system',
        message: run.kind === 'sprint' ? 'The sprint is accepted' : 'The run is accepted',
        data: { team: run.team, ...scriptedMark(first.provider) },
      },
    ]),
    ringNode(first.id),
  ]);
  transaction.afterCommit(() => ringAll(rung.flat()));
  return id;
}

/** Which model a new node will use. @throws Problem 501 when none is configured */
export function modelOf(workerConfig: unknown, node: Pick<GraphNode, 'name' | 'worker'>) {
  try {
    return chooseWorkerModel(workerConfig, node.worker, workerOf(assignmentOf(node)).model);
  } catch (error) {
    if (error instanceof ModelError) throw new Problem('not-available', error.message, { cause: error });
    throw error;
  }
}

/** A run's hosts are a choice among those that an admin allowed to the tenant. */
function refuseHosts(wanted: readonly string[], allowed: readonly string[]): void {
  const refused = wanted.find((host) => !allowed.includes(host) && !isHostAllowed(host, allowed));
  if (refused !== undefined) {
    throw new Problem(
      'forbidden',
      `Your tenant does not allow the host ${refused}; an admin adds it to its allowed_hosts.`,
    );
  }
}
