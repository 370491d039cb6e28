import { cutText } from '../../platform/cut-text.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import { isEntryAllowed } from '../../tools/network-policy.ts';
import { Graph, singleGraph, sprintGraph, unplannedGraph } from '../planning/graph.ts';
import { deadNodes, type NodeState } from '../planning/next-moves.ts';
import { hasEnded, SettleRun } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { insertNodes, listNodes } from '../sql/node.ts';
import { copyFiles, copyMessages, copyNodes, countReplays } from '../sql/replay.ts';
import { findRunForReplay, findTenantForStart, insertRun, type RunForReplay, type RunSettings } from '../sql/run.ts';
import { TEAM_WORKERS } from '../worker.ts';
import { modelOf, rejectHosts } from './start.ts';

/**
 * What a replay runs again: everything, all nodes that did not complete, or one node and the nodes that depend on it.
 */
type ReplayFrom =
  | { from: 'start'; query?: string | undefined }
  | { from: 'failure' }
  | { from: 'node'; node: string; instruction?: string | undefined };

/** Settings that replace those of the original run. */
type ChangedSettings = Partial<Pick<RunSettings, 'budget_usd' | 'github_repo' | 'allowed_hosts'>>;

/**
 * Repeats a run that has ended, as a new run; the original run does not change. Completed nodes that are kept are
 * copied with their results and the run's files, so their model calls are not paid for twice. The other nodes run with
 * the models that are configured now. Hosts that the tenant no longer allows are dropped, which the first event says.
 * Its query, budget, repository and hosts are those of the original, unless the caller gives others; hosts that the
 * caller gives are rejected, not dropped. The replay waits for one of the tenant's slots.
 * @returns the new run's id
 * @throws Problem 404, 403 for a given host that the tenant does not allow, 409 when the run has not ended or was
 * replayed too often, 422 for an unknown node, 429 when too many replays wait
 */
export async function replayRun(
  transaction: Transaction,
  tenantId: string,
  runId: string,
  scope: ReplayFrom,
  changed: ChangedSettings = {},
): Promise<string> {
  const original = await findRunForReplay(transaction, runId);
  if (original === undefined) throw new Problem('not-found', 'There is no such run.');
  const { status, graph_data: _, ...settings } = original;
  if (settings.kind !== 'run' && settings.kind !== 'sprint')
    throw new Problem(
      'conflict',
      'Only runs and sprints are replayed. Ask again in the conversation, make the call again, or start another agent or council.',
    );
  if (!hasEnded(status))
    throw new Problem('conflict', `The run is ${status}; only a run that has ended can be replayed.`);
  const { graph, kept } = await partsOf(transaction, runId, original, scope);
  const tenant = await findTenantForStart(transaction);
  await refuseTooMany(transaction, runId);
  const wanted = changed.allowed_hosts ?? settings.allowed_hosts ?? [];
  rejectHosts(changed.allowed_hosts ?? [], tenant.allowed_hosts);
  const hosts = wanted.filter((host) => isEntryAllowed(host, tenant.allowed_hosts));
  const droppedHosts = wanted.filter((host) => !hosts.includes(host));
  const nodes = graph.nodes.map((node) => ({ id: createId('node'), ...node, ...modelOf(tenant.worker_config, node) }));
  const [first] = nodes;
  const id = createId('run');
  if (first === undefined) throw new Error(`The replay ${id} of ${runId} has no node`);
  const from = scope.from === 'start' ? undefined : scope.from === 'node' ? scope.node : 'failure';
  await transaction.queryAll([
    insertRun({
      id,
      settings: settingsOf(settings, scope, changed, hosts),
      graph,
      modelUsed: `${first.provider}/${first.model}`,
      replay: { of: runId, from },
    }),
    insertNodes(id, nodes),
    ...(kept.length > 0 ? [copyNodes(runId, id, kept), copyFiles(runId, id), copyMessages(runId, id, kept)] : []),
    appendEvents(id, [
      {
        type: 'run_started',
        level: 'info',
        source: 'system',
        message: `The run repeats ${runId}`,
        data: {
          replay_of: runId,
          ...(from ? { from } : {}),
          kept,
          ...describeChanges(scope, changed),
          ...(droppedHosts.length > 0 ? { dropped_hosts: droppedHosts } : {}),
        },
      },
    ]),
  ]);
  await enqueue(transaction, tenantId, createTask(SettleRun, { tenant_id: tenantId, run_id: id }, `replay:${id}`));
  return id;
}

function settingsOf(
  original: RunSettings,
  scope: ReplayFrom,
  { budget_usd = original.budget_usd, github_repo = original.github_repo }: ChangedSettings,
  hosts: readonly string[],
): RunSettings {
  const query = (scope.from === 'start' ? scope.query : undefined) ?? original.query;
  return { ...original, query, budget_usd, github_repo, allowed_hosts: hosts };
}

/** Names what the caller has changed, for the first event of the replay. */
function describeChanges(scope: ReplayFrom, changed: ChangedSettings): { changed?: string[] } {
  const names = Object.entries({ ...scope, ...changed }).flatMap(([name, value]) =>
    name === 'from' || name === 'node' || value === undefined ? [] : [name],
  );
  return names.length === 0 ? {} : { changed: names };
}

/** Replays of one run, and replays of replays: more of them repeat a failure that another run would show as well. */
export const MOST_REPLAYS = 20;
/** Runs of a tenant that wait for a slot. Only replays wait, so this bounds them. */
export const MOST_WAITING = 200;

/** Call it when the tenant is locked. @throws Problem 409, 429 */
async function refuseTooMany(transaction: Transaction, runId: string): Promise<void> {
  const { replays, depth, waiting } = await countReplays(transaction, runId, MOST_REPLAYS);
  if (replays >= MOST_REPLAYS || depth >= MOST_REPLAYS) {
    throw new Problem(
      'conflict',
      `The run ${runId} was replayed ${MOST_REPLAYS} times already, or is a replay of that many replays. Start a new run.`,
    );
  }
  if (waiting >= MOST_WAITING) {
    throw new Problem('too-many-requests', `Your tenant has ${waiting} replays that wait for a slot; cancel some.`, {
      retryAfterSeconds: 60,
    });
  }
}

async function partsOf(
  transaction: Transaction,
  runId: string,
  original: RunForReplay,
  scope: ReplayFrom,
): Promise<{ graph: Graph; kept: string[] }> {
  if (scope.from === 'start') return { graph: newGraph(original), kept: [] };
  const states = await listNodes(transaction, runId);
  const graph = withoutFailedReplans(Graph.parse(original.graph_data), states);
  const kept = keptNodes(graph, states, scope);
  return { graph: scope.from === 'node' ? withInstruction(graph, scope) : graph, kept };
}

/** Returns the graph with another instruction for the node that is replayed. */
function withInstruction(
  graph: Graph,
  { node: name, instruction }: { node: string; instruction?: string | undefined },
) {
  if (instruction === undefined) return graph;
  return { ...graph, nodes: graph.nodes.map((node) => (node.name === name ? { ...node, instruction } : node)) };
}

/**
 * Removes the replanning nodes that did not complete: they added nothing to the graph. In the replay the planner is
 * asked again only if a node fails again.
 */
function withoutFailedReplans(graph: Graph, states: readonly Pick<NodeState, 'name' | 'status'>[]): Graph {
  const completed = new Set(states.filter((node) => node.status === 'completed').map((node) => node.name));
  const replans = graph.replans.filter((replan) => completed.has(replan.node));
  const removed = new Set(graph.replans.filter((replan) => !completed.has(replan.node)).map((replan) => replan.node));
  return { ...graph, replans, nodes: graph.nodes.filter((node) => !removed.has(node.name)) };
}

/** Returns the graph with which a run of this kind starts. */
function newGraph({ kind, team, agent_type: agentType }: RunForReplay): Graph {
  if (kind === 'sprint') return sprintGraph(TEAM_WORKERS.filter((worker) => team.includes(worker)));
  return agentType == null || agentType === 'planner' ? unplannedGraph() : singleGraph(agentType);
}

/**
 * Returns the nodes that a replay copies: completed nodes, and failed nodes that a later plan has replaced. The node to
 * replay and the nodes that depend on it are not copied.
 * @throws Problem 422 when the node to replay is not in the graph
 */
export function keptNodes(
  graph: Graph,
  states: readonly Pick<NodeState, 'name' | 'status'>[],
  scope: Exclude<ReplayFrom, { from: 'start' }>,
): string[] {
  if (scope.from === 'node' && !graph.nodes.some((node) => node.name === scope.node)) {
    throw new Problem('invalid-request', `The run has no node ${cutText(scope.node, 100)}.`, {
      errors: [{ path: 'body.from_node', message: 'unknown node' }],
    });
  }
  const known = new Set(graph.nodes.map((node) => node.name));
  const completed = states
    .filter((node) => node.status === 'completed' && known.has(node.name))
    .map((node) => node.name);
  const replacedBy = graph.replans.filter((replan) => completed.includes(replan.node));
  const replaced = new Set(replacedBy.flatMap((replan) => replan.failed));
  const replacedStates = states.filter((node) => replaced.has(node.name));
  const repeated = scope.from === 'node' ? withDependents(graph, scope.node) : new Set<string>();
  return [...completed.filter((name) => !repeated.has(name)), ...deadNodes(graph, replacedStates)];
}

function withDependents(graph: Graph, name: string): Set<string> {
  const found = new Set([name]);
  for (const node of graph.nodes) if (node.depends_on.some((before) => found.has(before))) found.add(node.name);
  return found;
}
