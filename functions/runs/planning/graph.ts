import { z } from 'zod';
import type { TEAM_WORKERS } from '../worker.ts';

/**
 * A run's graph. Its definition is JSON in `sessions.graph_data`. The state of each node is a row in `run_nodes`, so
 * that parallel nodes do not update the same JSON. Nodes are in topological order.
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
  /** The state that its predecessors need: `completed`, or `finished` in any way (a summary also reports failures). */
  after: z.enum(['completed', 'finished']),
  /** The node starts only if its worker has a message; otherwise it is skipped. */
  needs_message: z.boolean(),
  /** The planner's instruction; a team's workers get theirs by message. */
  instruction: z.string().default(''),
  /** The names of the values that the node reads and writes. */
  reads: z.array(z.string()).default([]),
  writes: z.array(z.string()).default([]),
});
export type GraphNode = z.infer<typeof GraphNode>;

export const Edge = z.strictObject({ source: z.string(), target: z.string() });
export type Edge = z.infer<typeof Edge>;

/** One replanning: the node that plans again, and the failed nodes that it plans for. */
const Replan = z.strictObject({ node: z.string(), failed: z.array(z.string()) });

export const Graph = z.strictObject({
  nodes: z.array(GraphNode),
  edges: z.array(Edge),
  /** Increases with each change, for optimistic locking. */
  revision: z.int().default(0),
  /** The planner's confidence that it understood the query, and its open questions. */
  confidence: z.number().optional(),
  ambiguities: z.array(z.string()).optional(),
  replans: z.array(Replan).default([]),
  /**
   * The node whose end is the end of the run: its result is the run's, and nodes that have not ended are cancelled.
   * Left out: the run ends when all its nodes have ended.
   */
  decides: z.string().optional(),
  /** How many nodes must complete for the run to complete: all of them by default, or at least one. */
  completes_with: z.enum(['all', 'any']).optional(),
  /** The step that takes up a completed run. Its task, with the payload of SettleRun, is written with the run's end. */
  followed_by: z.string().optional(),
});
export type Graph = z.infer<typeof Graph>;

/** The node in which the planner draws the graph. */
const PLAN_NODE = 'plan';
export const PLANNER = 'planner';

/** Returns a node of a graph; what `rest` leaves out is empty. */
export const graphNode = (
  name: string,
  worker: string,
  dependsOn: readonly string[],
  rest: Partial<GraphNode> = {},
): GraphNode => ({
  name,
  worker,
  depends_on: [...dependsOn],
  after: 'completed',
  needs_message: false,
  instruction: '',
  reads: [],
  writes: [],
  ...rest,
});

export function graphOf(nodes: GraphNode[]): Graph {
  return { nodes, edges: edgesOf(nodes), revision: 0, replans: [] };
}

export function edgesOf(nodes: readonly GraphNode[]): Edge[] {
  return nodes.flatMap((target) => target.depends_on.map((source) => ({ source, target: target.name })));
}

/** Returns a sprint's graph: the chef plans, the workers that got a message work in parallel, the chef sums up. */
export function sprintGraph(team: readonly (typeof TEAM_WORKERS)[number][]): Graph {
  return graphOf([
    graphNode('plan', 'chef', []),
    ...team.map((worker) => graphNode(worker, worker, ['plan'], { needs_message: true })),
    graphNode('summary', 'chef', team, { after: 'finished' }),
  ]);
}

/** Returns the graph of a planned run before its plan: the planner alone. */
export function unplannedGraph(): Graph {
  return graphOf([graphNode(PLAN_NODE, PLANNER, [])]);
}

/** Returns the graph of a run with one worker, which the user named. */
export function singleGraph(worker: string): Graph {
  return graphOf([graphNode('answer', worker, [])]);
}

/** Returns the graph of a call of one tool by a user. */
export function callGraph(name: string, worker: string): Graph {
  return graphOf([graphNode(name, worker, [])]);
}

/** Adds a planner node for these failed nodes. */
export function withReplan(graph: Graph, failed: readonly string[]): { graph: Graph; node: GraphNode } {
  const planner = graphNode(`replan-${graph.replans.length + 1}`, PLANNER, []);
  return {
    node: planner,
    graph: {
      ...graph,
      nodes: [...graph.nodes, planner],
      replans: [...graph.replans, { node: planner.name, failed: [...failed] }],
    },
  };
}

/** Whether the node plans, at the start or after a failure. */
export function isPlanner(candidate: { worker: string }): boolean {
  return candidate.worker === PLANNER;
}
