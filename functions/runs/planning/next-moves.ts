import { type Graph, type GraphNode, isPlanner, type NodeStatus } from './graph.ts';

/** The fields of a node that the decision needs. */
export interface NodeState {
  name: string;
  status: NodeStatus;
  /** Its first task is enqueued, so it starts without further action. */
  isEnqueued: boolean;
  result: string | null;
  error: string | null;
}

/** The next steps of a run. Deciding and applying them is idempotent. */
export interface Moves {
  /** Nodes that may start, in the graph's order. A limit on parallel nodes may delay the later ones. */
  start: string[];
  skip: { name: string; reason: string }[];
  /** Failed nodes for which the planner must plan again. */
  replan: string[];
  end: RunEnd | undefined;
}

export type RunEnd =
  | { status: 'completed'; result: string }
  | { status: 'failed'; result: string | null; error: string }
  | { status: 'cost_exceeded'; result: string | null; error: string };

/** The most replannings of one run. */
const MOST_REPLANS = 2;
const ENDED: readonly NodeStatus[] = ['completed', 'failed', 'skipped', 'cancelled', 'cost_exceeded'];

function isEnded(status: NodeStatus): boolean {
  return ENDED.includes(status);
}

/**
 * Decides the next steps of a run. A node starts as soon as its own predecessors are in the state that it needs,
 * independent of all other nodes. Failed nodes of a planned run go to the planner first. A node whose needs can no
 * longer be met is skipped. When no node can move any more, the run ends with a status that follows from its nodes.
 */
export function nextMoves(graph: Graph, states: readonly NodeState[], addressees: ReadonlySet<string>): Moves {
  const state = new Map(states.map((node) => [node.name, { ...node }]));
  const moves: Moves = { start: [], skip: [], replan: [], end: undefined };
  const overBudget = states.find((node) => node.status === 'cost_exceeded');
  if (overBudget !== undefined) {
    const error = overBudget.error ?? 'The budget of the run is used up.';
    return { ...moves, end: { status: 'cost_exceeded', result: resultOf(graph, states), error } };
  }
  const decisive = graph.decides === undefined ? undefined : state.get(graph.decides);
  if (decisive !== undefined && isEnded(decisive.status)) return { ...moves, end: endWith(decisive) };
  const unplanned = unplannedFailures(graph, state);
  const inPlanning = failuresInPlanning(graph, state);
  if (inPlanning.length === 0) moves.replan = unplanned;
  // Nodes that depend on a failed node wait while the planner plans for it.
  const held = new Set([...unplanned, ...inPlanning]);
  // Nodes are in topological order, so one pass also skips the nodes that depend on skipped ones.
  for (const node of graph.nodes) {
    const own = state.get(node.name);
    if (own === undefined || own.status !== 'pending' || own.isEnqueued) continue;
    const move = moveOf(node, state, addressees, held);
    if (move === 'start') moves.start.push(node.name);
    if (typeof move === 'object') {
      moves.skip.push({ name: node.name, reason: move.skip });
      own.status = 'skipped';
    }
  }
  const after = [...state.values()];
  if (moves.replan.length === 0 && moves.start.length === 0 && after.every((node) => isEnded(node.status))) {
    moves.end = endOf(graph, after);
  }
  return moves;
}

/** Decides what a pending node does. `held` are failed nodes that the planner plans for. */
function moveOf(
  node: GraphNode,
  state: ReadonlyMap<string, NodeState>,
  addressees: ReadonlySet<string>,
  held: ReadonlySet<string>,
): 'start' | 'wait' | { skip: string } {
  const predecessors = node.depends_on.map((name) => state.get(name));
  if (!predecessors.every((before) => before !== undefined && isEnded(before.status))) return 'wait';
  if (node.depends_on.some((name) => held.has(name))) return 'wait';
  const unmet = predecessors.find((before) => before?.status !== 'completed');
  if (node.after === 'completed' && unmet) return { skip: `${unmet.name} ended ${unmet.status}` };
  if (predecessors.length > 0 && predecessors.every((before) => before?.status === 'skipped'))
    return { skip: 'all nodes before it were skipped' };
  if (node.needs_message && !addressees.has(node.worker)) return { skip: 'nobody sent it a message' };
  return 'start';
}

/**
 * Returns the failed nodes for which no planner has planned, while a replanning is left. A failed planner node is not
 * replanned.
 */
function unplannedFailures(graph: Graph, state: ReadonlyMap<string, NodeState>): string[] {
  if (!graph.nodes.some(isPlanner) || graph.replans.length >= MOST_REPLANS) return [];
  const planned = new Set(graph.replans.flatMap((replan) => replan.failed));
  return graph.nodes
    .filter((node) => !isPlanner(node) && !planned.has(node.name) && state.get(node.name)?.status === 'failed')
    .map((node) => node.name);
}

/** Returns the failed nodes for which a planner plans now. */
function failuresInPlanning(graph: Graph, state: ReadonlyMap<string, NodeState>): string[] {
  return graph.replans
    .filter((replan) => !isEnded(state.get(replan.node)?.status ?? 'pending'))
    .flatMap((replan) => replan.failed);
}

/** Returns the nodes that will never complete: those that ended in another way, and the nodes that depend on them. */
export function deadNodes(graph: Graph, states: readonly Pick<NodeState, 'name' | 'status'>[]): Set<string> {
  const dead = new Set(
    states.filter(({ status }) => isEnded(status) && status !== 'completed').map(({ name }) => name),
  );
  for (const node of graph.nodes) {
    if (node.after === 'completed' && node.depends_on.some((name) => dead.has(name))) dead.add(node.name);
  }
  return dead;
}

/** Returns the end of a run that one node decides. */
function endWith({ name, status, result, error }: NodeState): RunEnd {
  if (status === 'completed' && result !== null) return { status, result };
  return { status: 'failed', result: null, error: error ?? `${name} ended ${status}` };
}

function endOf(graph: Graph, states: readonly NodeState[]): RunEnd {
  const status = new Map(states.map((node) => [node.name, node.status]));
  const replaced = new Set(
    graph.replans.filter((replan) => status.get(replan.node) === 'completed').flatMap((replan) => replan.failed),
  );
  const failed = states.filter((node) => node.status === 'failed' && !replaced.has(node.name));
  const result = resultOf(graph, states);
  const isEnough = graph.completes_with === 'any' && result !== null;
  if (failed.length > 0 && !isEnough) {
    return {
      status: 'failed',
      result,
      error: failed.map((node) => `${node.name}: ${node.error ?? 'failed'}`).join('\n'),
    };
  }
  return result === null ? { status: 'failed', result, error: 'No worker answered.' } : { status: 'completed', result };
}

/**
 * Returns the result of a run. Of a team: the last result, which is the chef's. Of a planned run: the results of the
 * nodes that no completed node depends on, with headings when there are several. A planner's text is not a result.
 */
function resultOf(graph: Graph, states: readonly NodeState[]): string | null {
  const byName = new Map(states.map((node) => [node.name, node]));
  const answered = graph.nodes.flatMap((node) => {
    const result = byName.get(node.name)?.result ?? null;
    return result === null || isPlanner(node) ? [] : [{ ...node, result }];
  });
  if (!graph.nodes.some(isPlanner)) return answered.at(-1)?.result ?? null;
  const used = new Set(answered.flatMap((node) => node.depends_on));
  const last = answered.filter((node) => !used.has(node.name));
  if (last.length <= 1) return last[0]?.result ?? null;
  return last.map(({ name, result }) => `## ${name}\n\n${result}`).join('\n\n');
}
