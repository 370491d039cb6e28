import type { Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import { Graph, singleGraph, sprintGraph, unplannedGraph } from './graph.ts';
import { deadNodes, type NodeState } from './next-moves.ts';
import { ENGINE_VERSION, hasEnded, SettleRun } from './run.ts';
import { appendEvents } from './sql/event.ts';
import { insertNodes, listNodes } from './sql/node.ts';
import { copyFiles, copyMessages, copyNodes, findRunForReplay, type RunForReplay } from './sql/replay.ts';
import { findTenantForStart, insertRun } from './sql/run.ts';
import { modelOf } from './start.ts';
import { TEAM_WORKERS } from './worker.ts';

/** What a replay does anew: everything, what had not completed, or one node with all that builds on it (and what had not completed). */
export type ReplayFrom = { from: 'start' } | { from: 'failure' } | { from: 'node'; node: string };

/**
 * Repeats a run that has ended, as a run of its own: what ended stays as it was, and nothing that was paid for is paid again where it is kept. Completed nodes
 * that are kept are copied with their results and the run's files; the rest runs with today's models. The replay waits for one of the tenant's slots.
 * @returns the new run's id
 * @throws Problem 404, 409 when the run has not ended, 422 for an unknown node
 */
export async function replayRun(
  transaction: Transaction,
  tenantId: string,
  runId: string,
  scope: ReplayFrom,
): Promise<string> {
  const original = await findRunForReplay(transaction, runId);
  if (original === undefined) throw new Problem('not-found', 'There is no such run.');
  if (!hasEnded(original.status)) throw new Problem('conflict', 'The run has not ended; a replay repeats what has.');
  const { graph, kept } = await partsOf(transaction, runId, original, scope);
  const tenant = await findTenantForStart(transaction);
  const nodes = graph.nodes.map((node) => ({ id: createId('node'), ...node, ...modelOf(tenant.worker_config, node) }));
  const [first] = nodes;
  if (first === undefined) throw new Error('A run has no node');
  const id = createId('run');
  const from = scope.from === 'start' ? undefined : scope.from === 'node' ? scope.node : 'failure';
  await transaction.queryAll([
    insertRun({
      id,
      kind: original.kind,
      query: original.query,
      agentType: original.agent_type ?? undefined,
      team: original.team,
      githubRepo: original.github_repo ?? undefined,
      budgetUsd: original.budget_usd ?? undefined,
      allowedHosts: original.allowed_hosts,
      replay: { of: runId, from, admitted: false },
      graph,
      modelUsed: `${first.provider}/${first.model}`,
      engineVersion: ENGINE_VERSION,
    }),
    insertNodes(id, nodes),
    ...(kept.length > 0 ? [copyNodes(runId, id, kept), copyFiles(runId, id), copyMessages(runId, id, kept)] : []),
    appendEvents(id, [
      {
        type: 'run_started',
        level: 'info',
        source: 'system',
        message: `The run repeats ${runId}`,
        data: { replay_of: runId, ...(from ? { from } : {}), kept },
      },
    ]),
  ]);
  await enqueue(transaction, tenantId, createTask(SettleRun, { tenant_id: tenantId, run_id: id }, `replay:${id}`));
  return id;
}

async function partsOf(
  transaction: Transaction,
  runId: string,
  original: RunForReplay,
  scope: ReplayFrom,
): Promise<{ graph: Graph; kept: string[] }> {
  if (scope.from === 'start') return { graph: freshGraph(original), kept: [] };
  const states = await listNodes(transaction, runId);
  const graph = withoutFailedReplans(Graph.parse(original.graph_data), states);
  return { graph, kept: keptNodes(graph, states, scope) };
}

/** A planner that looked at a failure in vain has added nothing; a replay lets it look again only if the node fails again. */
export function withoutFailedReplans(graph: Graph, states: readonly Pick<NodeState, 'name' | 'status'>[]): Graph {
  const completed = new Set(states.filter((node) => node.status === 'completed').map((node) => node.name));
  const replans = graph.replans.filter((replan) => completed.has(replan.node));
  const vain = new Set(graph.replans.filter((replan) => !completed.has(replan.node)).map((replan) => replan.node));
  return { ...graph, replans, nodes: graph.nodes.filter((node) => !vain.has(node.name)) };
}

function freshGraph({ kind, team, agent_type: agentType }: RunForReplay): Graph {
  if (kind === 'sprint') return sprintGraph(TEAM_WORKERS.filter((worker) => team.includes(worker)));
  return agentType === null || agentType === 'planner' ? unplannedGraph() : singleGraph(agentType);
}

/** Nodes that a replay takes over as they are: completed ones, and failed ones that a later plan has replaced; without the node to replay and what builds on it. */
export function keptNodes(
  graph: Graph,
  states: readonly Pick<NodeState, 'name' | 'status'>[],
  scope: Exclude<ReplayFrom, { from: 'start' }>,
): string[] {
  if (scope.from === 'node' && !graph.nodes.some((node) => node.name === scope.node)) {
    throw new Problem('invalid-request', `The run has no node ${scope.node.slice(0, 100)}.`, {
      errors: [{ path: 'body.from_node', message: 'unknown node' }],
    });
  }
  const known = new Set(graph.nodes.map((node) => node.name));
  const completed = states
    .filter((node) => node.status === 'completed' && known.has(node.name))
    .map((node) => node.name);
  const replacedBy = graph.replans.filter((replan) => completed.includes(replan.node));
  const replaced = new Set(replacedBy.flatMap((replan) => replan.failed));
  const given = states.filter((node) => replaced.has(node.name));
  const redone = scope.from === 'node' ? withFollowers(graph, scope.node) : new Set<string>();
  return [...completed.filter((name) => !redone.has(name)), ...deadNodes(graph, given)];
}

function withFollowers(graph: Graph, name: string): Set<string> {
  const found = new Set([name]);
  for (const node of graph.nodes) if (node.depends_on.some((before) => found.has(before))) found.add(node.name);
  return found;
}
