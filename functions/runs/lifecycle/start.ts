import type { Statement } from '../../platform/database/batch.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { type ModelChoice, ModelError } from '../../platform/models/model.ts';
import { isEntryAllowed } from '../../tools/network-policy.ts';
import { pushTurns } from '../claim.ts';
import { scriptedMark } from '../end-node.ts';
import { chooseWorkerModel } from '../open-model.ts';
import type { Graph, GraphNode } from '../planning/graph.ts';
import type { RunKind } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { enqueueTurn, insertNodes } from '../sql/node.ts';
import { findTenantForStart, insertRun, type RunSettings, type RunsUnderWay } from '../sql/run.ts';
import { knownWorkerOf } from '../worker.ts';

/** The model of a node that asks none. */
export const NO_MODEL = { provider: 'none', model: 'none' } as const;

interface StartOptions {
  /** The step that takes the turns of the nodes; left out: the step of workers. */
  turnStep?: string | undefined;
  /** The model of a node; left out or undefined: the model that is configured for its worker. */
  choice?: ((node: GraphNode) => ModelChoice | typeof NO_MODEL | undefined) | undefined;
  /** Writes what belongs to the nodes, in the graph's order, when they start. */
  record?: ((runId: string, nodes: readonly { id: string; name: string }[]) => Statement[]) | undefined;
}

/**
 * Inserts a run with its nodes, its first event and the tasks of the nodes that depend on none in the caller's
 * transaction, so an accepted run is never lost.
 * @returns the run's id
 * @throws Problem 429 over the tenant's `max_concurrent_sprints` or with too many runs that wait for a person, 403 for
 * a host that the tenant does not allow, 501 when no model is configured
 */
export async function startRun(
  transaction: Transaction,
  settings: RunSettings,
  graph: Graph,
  { turnStep, choice, record }: StartOptions = {},
): Promise<string> {
  const tenant = await findTenantForStart(transaction);
  refuseTooMany(settings.kind, tenant);
  rejectHosts(settings.allowed_hosts ?? [], tenant.allowed_hosts);
  const id = createId('run');
  const nodes = graph.nodes.map((node) => ({
    id: createId('node'),
    ...node,
    ...(choice?.(node) ?? modelOf(tenant.worker_config, node)),
    turn_step: turnStep,
  }));
  const [first] = nodes;
  if (first === undefined) throw new Error(`The run ${id} has no node`);
  const rows = await transaction.queryAll([
    insertRun({ id, settings, graph, modelUsed: `${first.provider}/${first.model}` }),
    insertNodes(id, nodes),
    ...(record?.(id, nodes) ?? []),
    appendEvents(id, [
      {
        type: 'run_started',
        level: 'info',
        source: 'system',
        message: `The ${NOUN[settings.kind]} is accepted`,
        data: { team: settings.team, ...scriptedMark(first.provider) },
      },
    ]),
    ...nodes.filter((node) => node.depends_on.length === 0).map((node) => enqueueTurn(node.id)),
  ]);
  transaction.afterCommit(() => pushTurns(rows.flat()));
  return id;
}

const NOUN: Record<RunKind, string> = {
  run: 'run',
  sprint: 'sprint',
  chat: 'message',
  call: 'call',
  agent: 'agent',
  council: 'council',
};

/**
 * The most runs of a tenant that wait for a person. They hold no slot, and after their answers all of them work at
 * once.
 */
const MOST_ASKING = 100;

/** The most answers of the chat, calls, agents and councils of a tenant that are under way. They take no slot. */
const MOST_QUICK = 200;

/** @throws Problem 429 */
function refuseTooMany(kind: RunKind, tenant: RunsUnderWay & { max_concurrent_sprints: number }): void {
  const { active, asking, quick, max_concurrent_sprints: most } = tenant;
  if (kind !== 'run' && kind !== 'sprint') {
    if (quick < MOST_QUICK) return;
    const detail = `${quick} answers, calls, agents and councils of your tenant are under way; wait for one to end or stop one.`;
    throw new Problem('too-many-requests', detail, { retryAfterSeconds: 10 });
  }
  if (active >= most) {
    throw new Problem(
      'too-many-requests',
      `Your tenant has reached its limit of ${most} concurrent runs; wait for one to end or cancel one. An admin can raise max_concurrent_sprints with PATCH /api/v1/tenant, up to the operator's MAX_CONCURRENT_RUNS.`,
      { retryAfterSeconds: 10 },
    );
  }
  if (asking >= MOST_ASKING) {
    throw new Problem(
      'too-many-requests',
      `${asking} runs of your tenant wait for a person's answer. Answer or cancel some: GET /api/v1/runs?status=waiting_input lists them.`,
      { retryAfterSeconds: 60 },
    );
  }
}

/** Returns the model that a new node will use. @throws Problem 501 when none is configured */
export function modelOf(workerConfig: unknown, node: Pick<GraphNode, 'name' | 'worker'>) {
  try {
    return chooseWorkerModel(workerConfig, node.worker, knownWorkerOf(node)?.model);
  } catch (error) {
    if (error instanceof ModelError) throw new Problem('not-available', error.message, { cause: error });
    throw error;
  }
}

/** @throws Problem 403 for the first host that an admin has not allowed to the tenant */
export function rejectHosts(wanted: readonly string[], allowed: readonly string[]): void {
  const rejected = wanted.find((host) => !isEntryAllowed(host, allowed));
  if (rejected !== undefined) {
    throw new Problem(
      'forbidden',
      `Your tenant does not allow the host ${rejected}; an admin can add it to the tenant's allowed_hosts.`,
    );
  }
}
