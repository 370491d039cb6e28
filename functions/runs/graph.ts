import { z } from 'zod';
import type { TEAM_WORKERS } from './worker.ts';

/**
 * A run's graph and the rule that moves it. The definition is data in `sessions.graph_data`; each node's state is a row of its own, because
 * parallel nodes must not fight for one JSON.
 */

export const NodeStatus = z.enum([
  'pending',
  'running',
  'waiting_input',
  'completed',
  'failed',
  'skipped',
  'cancelled',
  'cost_exceeded',
]);
export type NodeStatus = z.infer<typeof NodeStatus>;

export const GraphNode = z.strictObject({
  name: z.string(),
  worker: z.string(),
  depends_on: z.array(z.string()),
  /** What its predecessors must be: `completed`, or merely at an end (a summary also tells of failures). */
  after: z.enum(['completed', 'finished']),
  /** It starts only if somebody sent its worker a message; else it is skipped. */
  needs_message: z.boolean(),
});
export type GraphNode = z.infer<typeof GraphNode>;

export const Graph = z.strictObject({
  nodes: z.array(GraphNode),
  edges: z.array(z.strictObject({ source: z.string(), target: z.string() })),
});
export type Graph = z.infer<typeof Graph>;

/** A sprint's graph: the chef plans, the workers that he sent a message to work side by side, the chef sums up. */
export function sprintGraph(team: readonly (typeof TEAM_WORKERS)[number][]): Graph {
  const workers = team.map(
    (worker): GraphNode => ({ name: worker, worker, depends_on: ['plan'], after: 'completed', needs_message: true }),
  );
  const nodes: GraphNode[] = [
    { name: 'plan', worker: 'chef', depends_on: [], after: 'completed', needs_message: false },
    ...workers,
    { name: 'summary', worker: 'chef', depends_on: [...team], after: 'finished', needs_message: false },
  ];
  const edges = nodes.flatMap((node) => node.depends_on.map((source) => ({ source, target: node.name })));
  return { nodes, edges };
}

/** A node as far as the rule needs it. */
export interface NodeState {
  name: string;
  status: NodeStatus;
  /** Its task was written: it starts without our doing. */
  rung: boolean;
  result: string | null;
  error: string | null;
}

/** What has to happen now, all of it safe to decide twice. */
export interface Moves {
  start: string[];
  skip: { name: string; reason: string }[];
  end: RunEnd | undefined;
}

export type RunEnd =
  | { status: 'completed'; result: string }
  | { status: 'failed'; result: string | null; error: string }
  | { status: 'cost_exceeded'; result: string | null; error: string };

const ENDED: readonly NodeStatus[] = ['completed', 'failed', 'skipped', 'cancelled', 'cost_exceeded'];

export function isEnded(status: NodeStatus): boolean {
  return ENDED.includes(status);
}

/**
 * The rule: a node starts as soon as its own predecessors are where it needs them, without waiting for anything else; a node whose needs can no longer
 * be met is skipped; when nothing can move any more, the run ends, with a status that follows from its nodes.
 */
export function nextMoves(graph: Graph, states: readonly NodeState[], addressees: ReadonlySet<string>): Moves {
  const state = new Map(states.map((node) => [node.name, { ...node }]));
  const moves: Moves = { start: [], skip: [], end: undefined };
  if (states.some((node) => node.status === 'cost_exceeded')) {
    return {
      ...moves,
      end: { status: 'cost_exceeded', result: lastResult(graph, states), error: 'The budget of the run is used up.' },
    };
  }
  // Definitions stand in topological order, so one pass carries a skip on to what depends on it.
  for (const node of graph.nodes) {
    const own = state.get(node.name);
    if (own === undefined || own.status !== 'pending' || own.rung) continue;
    const verdict = verdictOn(
      node,
      node.depends_on.map((name) => state.get(name)),
      addressees,
    );
    if (verdict === 'start') moves.start.push(node.name);
    if (typeof verdict === 'object') {
      moves.skip.push({ name: node.name, reason: verdict.skip });
      own.status = 'skipped';
    }
  }
  const after = [...state.values()];
  if (moves.start.length === 0 && after.every((node) => isEnded(node.status))) moves.end = endOf(graph, after);
  return moves;
}

function verdictOn(
  node: GraphNode,
  predecessors: (NodeState | undefined)[],
  addressees: ReadonlySet<string>,
): 'start' | 'wait' | { skip: string } {
  if (!predecessors.every((before) => before !== undefined && isEnded(before.status))) return 'wait';
  const unmet = predecessors.find((before) => before?.status !== 'completed');
  if (node.after === 'completed' && unmet) return { skip: `${unmet.name} ended ${unmet.status}` };
  if (predecessors.length > 0 && predecessors.every((before) => before?.status === 'skipped'))
    return { skip: 'nothing before it was done' };
  if (node.needs_message && !addressees.has(node.worker)) return { skip: 'nobody sent it a message' };
  return 'start';
}

function endOf(graph: Graph, states: readonly NodeState[]): RunEnd {
  const failed = states.filter((node) => node.status === 'failed');
  const result = lastResult(graph, states);
  if (failed.length > 0) {
    return {
      status: 'failed',
      result,
      error: failed.map((node) => `${node.name}: ${node.error ?? 'failed'}`).join('\n'),
    };
  }
  return result === null ? { status: 'failed', result, error: 'No worker answered.' } : { status: 'completed', result };
}

/** The answer of a run is that of its last node that has one. */
function lastResult(graph: Graph, states: readonly NodeState[]): string | null {
  const byName = new Map(states.map((node) => [node.name, node]));
  return graph.nodes.map((node) => byName.get(node.name)?.result ?? null).findLast((result) => result !== null) ?? null;
}
