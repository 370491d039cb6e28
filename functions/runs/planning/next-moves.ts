import { type Graph, type GraphNode, isPlanner, type NodeStatus } from './graph.ts';

/** A node as far as the rule needs it. */
export interface NodeState {
  name: string;
  status: NodeStatus;
  /** Its task was written: it starts without our doing. */
  isEnqueued: boolean;
  result: string | null;
  error: string | null;
}

/** What has to happen now, all of it safe to decide twice. */
export interface Moves {
  /** Nodes that may start, in the graph's order; a cap on parallelism may hold the later ones back. */
  start: string[];
  skip: { name: string; reason: string }[];
  /** Failed nodes that the planner should look at, if any. */
  replan: string[];
  end: RunEnd | undefined;
}

export type RunEnd =
  | { status: 'completed'; result: string }
  | { status: 'failed'; result: string | null; error: string }
  | { status: 'cost_exceeded'; result: string | null; error: string };

/** How often a planner may look again after failures. */
const MOST_REPLANS = 2;
const ENDED: readonly NodeStatus[] = ['completed', 'failed', 'skipped', 'cancelled', 'cost_exceeded'];

export function isEnded(status: NodeStatus): boolean {
  return ENDED.includes(status);
}

/**
 * The rule: a node starts as soon as its own predecessors are where it needs them, without waiting for anything else. What failed in a planned run goes to
 * the planner first; a node whose needs can no longer be met is skipped; when nothing can move any more, the run ends, with a status that follows
 * from its nodes.
 */
export function nextMoves(graph: Graph, states: readonly NodeState[], addressees: ReadonlySet<string>): Moves {
  const state = new Map(states.map((node) => [node.name, { ...node }]));
  const moves: Moves = { start: [], skip: [], replan: [], end: undefined };
  if (states.some((node) => node.status === 'cost_exceeded')) {
    const error = 'The budget of the run is used up.';
    return { ...moves, end: { status: 'cost_exceeded', result: resultOf(graph, states), error } };
  }
  const unseen = unseenFailures(graph, state);
  const inPlanning = failuresInPlanning(graph, state);
  if (inPlanning.length === 0) moves.replan = unseen;
  // What waits for a failed node waits on while the planner looks at it or is about to.
  const held = new Set([...unseen, ...inPlanning]);
  // Definitions stand in topological order, so one pass carries a skip on to what depends on it.
  for (const node of graph.nodes) {
    const own = state.get(node.name);
    if (own === undefined || own.status !== 'pending' || own.isEnqueued) continue;
    const verdict = verdictOn(node, state, addressees, held);
    if (verdict === 'start') moves.start.push(node.name);
    if (typeof verdict === 'object') {
      moves.skip.push({ name: node.name, reason: verdict.skip });
      own.status = 'skipped';
    }
  }
  const after = [...state.values()];
  if (moves.replan.length === 0 && moves.start.length === 0 && after.every((node) => isEnded(node.status))) {
    moves.end = endOf(graph, after);
  }
  return moves;
}

function verdictOn(
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
    return { skip: 'nothing before it was done' };
  if (node.needs_message && !addressees.has(node.worker)) return { skip: 'nobody sent it a message' };
  return 'start';
}

/** Failed nodes of a planned run that no planner has looked at, while it may look again. A planner's own failure is final. */
function unseenFailures(graph: Graph, state: ReadonlyMap<string, NodeState>): string[] {
  if (!graph.nodes.some(isPlanner) || graph.replans.length >= MOST_REPLANS) return [];
  const seen = new Set(graph.replans.flatMap((replan) => replan.failed));
  return graph.nodes
    .filter((node) => !isPlanner(node) && !seen.has(node.name) && state.get(node.name)?.status === 'failed')
    .map((node) => node.name);
}

/** Failed nodes that a planner is looking at now. */
function failuresInPlanning(graph: Graph, state: ReadonlyMap<string, NodeState>): string[] {
  return graph.replans
    .filter((replan) => !isEnded(state.get(replan.node)?.status ?? 'pending'))
    .flatMap((replan) => replan.failed);
}

/** Nodes that will never complete: those at another end, and what waits for them. */
export function deadNodes(graph: Graph, states: readonly Pick<NodeState, 'name' | 'status'>[]): Set<string> {
  const dead = new Set(
    states.filter(({ status }) => isEnded(status) && status !== 'completed').map(({ name }) => name),
  );
  for (const node of graph.nodes) {
    if (node.after === 'completed' && node.depends_on.some((name) => dead.has(name))) dead.add(node.name);
  }
  return dead;
}

function endOf(graph: Graph, states: readonly NodeState[]): RunEnd {
  const status = new Map(states.map((node) => [node.name, node.status]));
  const replaced = new Set(
    graph.replans.filter((replan) => status.get(replan.node) === 'completed').flatMap((replan) => replan.failed),
  );
  const failed = states.filter((node) => node.status === 'failed' && !replaced.has(node.name));
  const result = resultOf(graph, states);
  if (failed.length > 0) {
    return {
      status: 'failed',
      result,
      error: failed.map((node) => `${node.name}: ${node.error ?? 'failed'}`).join('\n'),
    };
  }
  return result === null ? { status: 'failed', result, error: 'No worker answered.' } : { status: 'completed', result };
}

/**
 * What a run answers: of a team, the last answer that there is, which is the chef's; of a planned run, the results of the nodes that nothing completed
 * builds on, under their names where there are several. A planner's own words are no answer.
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
