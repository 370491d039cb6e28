import type { NodeState } from './run-state.ts';

/** What of a run's graph is drawn: ranks, folded ranks, and what was planned anew. Pure and without a layout. */
export interface GraphNode extends NodeState {
  rank: number;
  /** Belongs to a plan that a later plan has replaced. */
  isReplaced: boolean;
  /** How many nodes are folded into this one; 0 for a node of the run. */
  folded: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: { from: string; to: string; isLive: boolean }[];
  /** The first rank of each later plan. */
  replans: number[];
}

/** Above this number of nodes the ranks that are done are folded. */
export const FOLD_ABOVE = 12;
/** Above this number of nodes a list takes the place of the graph. */
export const LIST_ABOVE = 50;
export const FOLDED_ID = '*done';

export const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped', 'cancelled', 'cost_exceeded']);
const REPLANNER = /^replan-\d+$/;

export function graphOf(given: readonly NodeState[], isFolding: boolean): Graph {
  const states = withReplans(given);
  const ranks = ranksOf(states);
  const replanners = states.filter(({ id }) => REPLANNER.test(id));
  const nodes = states.map((node) => ({
    ...node,
    rank: ranks.get(node.id) ?? 0,
    isReplaced: replanners.some(({ startedAt }) => isReplacedBy(node, startedAt)),
    folded: 0,
  }));
  const graph = { nodes, edges: edgesOf(nodes), replans: replanners.map(({ id }) => ranks.get(id) ?? 0) };
  return isFolding && nodes.length > FOLD_ABOVE ? folded(graph) : graph;
}

/** The nodes by rank, each rank in the order of the graph. */
export function byRank(nodes: readonly GraphNode[]): GraphNode[][] {
  const ranks: GraphNode[][] = [];
  for (const node of nodes) {
    ranks[node.rank] ??= [];
    ranks[node.rank]?.push(node);
  }
  return ranks.filter((rank) => rank !== undefined);
}

/** The node that an arrow key leads to: along edges to the sides, within the rank up and down. */
export function neighbour(graph: Graph, id: string, key: string): string | undefined {
  const { edges, nodes } = graph;
  if (key === 'ArrowRight') return edges.find(({ from }) => from === id)?.to;
  if (key === 'ArrowLeft') return edges.find(({ to }) => to === id)?.from;
  const rank = nodes.find((node) => node.id === id)?.rank;
  const row = nodes.filter((node) => node.rank === rank).map((node) => node.id);
  return row[row.indexOf(id) + (key === 'ArrowDown' ? 1 : -1)];
}

/**
 * Returns the nodes with what each follows. The API names nothing before a replanner, so it follows the nodes that it
 * replaces: those that had failed when it began.
 */
function withReplans(states: readonly NodeState[]): NodeState[] {
  return states.map((node) => {
    if (!REPLANNER.test(node.id) || node.dependsOn.length > 0) return node;
    const after = nodesAfter(node, states);
    const before = states.filter((other) => other.id !== node.id && !after.has(other.id));
    const replaced = before.filter((other) => isReplacedBy(other, node.startedAt));
    const failed = replaced.filter(({ status }) => status === 'failed');
    return { ...node, dependsOn: (failed.length > 0 ? failed : replaced).map(({ id }) => id) };
  });
}

/** The nodes that depend on a node, also through others. */
function nodesAfter({ id }: NodeState, states: readonly NodeState[]): Set<string> {
  const after = new Set([id]);
  for (let size = 0; size < after.size; ) {
    size = after.size;
    for (const node of states) if (node.dependsOn.some((one) => after.has(one))) after.add(node.id);
  }
  return after;
}

/** A rank is one more than the highest rank of the nodes before. */
function ranksOf(states: readonly NodeState[]): Map<string, number> {
  const byId = new Map(states.map((node) => [node.id, node]));
  const ranks = new Map<string, number>();
  const rank = (node: NodeState, path: readonly string[]): number => {
    const known = ranks.get(node.id);
    if (known !== undefined) return known;
    const before = path.includes(node.id) ? [] : node.dependsOn.flatMap((id) => byId.get(id) ?? []);
    const own = before.reduce((most, one) => Math.max(most, rank(one, [...path, node.id]) + 1), 0);
    ranks.set(node.id, own);
    return own;
  };
  for (const node of states) rank(node, []);
  return ranks;
}

function isReplacedBy(node: NodeState, replannedAt: string | null): boolean {
  if (replannedAt === null || !['failed', 'skipped'].includes(node.status)) return false;
  return node.completedAt === null || node.completedAt <= replannedAt;
}

function edgesOf(nodes: readonly GraphNode[]): Graph['edges'] {
  const ids = new Set(nodes.map(({ id }) => id));
  return nodes.flatMap((node) =>
    node.dependsOn
      .filter((id) => ids.has(id))
      .map((from) => ({ from, to: node.id, isLive: node.status === 'running' })),
  );
}

/** Puts the ranks at the start that are done as a whole into one node. */
function folded(graph: Graph): Graph {
  const ranks = byRank(graph.nodes);
  const first = ranks.findIndex((rank) => rank.some(({ status }) => !ENDED.has(status)));
  const count = first === -1 ? ranks.length - 1 : first;
  if (count < 2) return graph;
  const gone = ranks.slice(0, count).flat();
  const sample = gone.at(-1);
  if (sample === undefined) return graph;
  const ids = new Set(gone.map(({ id }) => id));
  const rest = graph.nodes
    .filter(({ id }) => !ids.has(id))
    .map((node) => ({
      ...node,
      rank: node.rank - count + 1,
      dependsOn: [...new Set(node.dependsOn.map((id) => (ids.has(id) ? FOLDED_ID : id)))],
    }));
  const fold = { ...sample, id: FOLDED_ID, rank: 0, dependsOn: [], folded: gone.length, isReplaced: false };
  const nodes = [fold, ...rest];
  return { nodes, edges: edgesOf(nodes), replans: graph.replans.map((rank) => Math.max(0, rank - count + 1)) };
}
