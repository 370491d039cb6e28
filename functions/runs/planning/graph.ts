import { z } from 'zod';
import type { TEAM_WORKERS } from '../worker.ts';

/**
 * A run's graph. The definition is data in `sessions.graph_data`; each node's state is a row of its own, because parallel nodes must not fight for one
 * JSON. Nodes stand in topological order.
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
  /** What a planner asks it to do; a team's workers are asked by message. */
  instruction: z.string().default(''),
  /** Values that it is given, by the names under which earlier nodes wrote them, and those that it leaves. */
  reads: z.array(z.string()).default([]),
  writes: z.array(z.string()).default([]),
});
export type GraphNode = z.infer<typeof GraphNode>;

export const Edge = z.strictObject({ source: z.string(), target: z.string() });
export type Edge = z.infer<typeof Edge>;

/** A second look of the planner: the node that plans anew, and the failed nodes that it plans for. */
export const Replan = z.strictObject({ node: z.string(), failed: z.array(z.string()) });

export const Graph = z.strictObject({
  nodes: z.array(GraphNode),
  edges: z.array(Edge),
  /** Counts the changes; a change that was made from an older one is refused. */
  revision: z.int().default(0),
  /** How sure the planner was that it understood, and what it was not sure of. */
  confidence: z.number().optional(),
  ambiguities: z.array(z.string()).optional(),
  replans: z.array(Replan).default([]),
});
export type Graph = z.infer<typeof Graph>;

/** The node that draws a planned run's graph. */
export const PLAN_NODE = 'plan';
export const PLANNER = 'planner';

const node = (
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

function graphOf(nodes: GraphNode[]): Graph {
  return { nodes, edges: edgesOf(nodes), revision: 0, replans: [] };
}

export function edgesOf(nodes: readonly GraphNode[]): Edge[] {
  return nodes.flatMap((target) => target.depends_on.map((source) => ({ source, target: target.name })));
}

/** A sprint's graph: the chef plans, the workers that he sent a message to work side by side, the chef sums up. */
export function sprintGraph(team: readonly (typeof TEAM_WORKERS)[number][]): Graph {
  return graphOf([
    node('plan', 'chef', []),
    ...team.map((worker) => node(worker, worker, ['plan'], { needs_message: true })),
    node('summary', 'chef', team, { after: 'finished' }),
  ]);
}

/** A planned run before its plan: the planner alone draws the rest. */
export function unplannedGraph(): Graph {
  return graphOf([node(PLAN_NODE, PLANNER, [])]);
}

/** A run of one worker, named by the person: nothing to plan. */
export function singleGraph(worker: string): Graph {
  return graphOf([node('answer', worker, [])]);
}

/** The graph with one more look of the planner at what failed. */
export function withReplan(graph: Graph, failed: readonly string[]): { graph: Graph; node: GraphNode } {
  const planner = node(`replan-${graph.replans.length + 1}`, PLANNER, []);
  return {
    node: planner,
    graph: {
      ...graph,
      nodes: [...graph.nodes, planner],
      replans: [...graph.replans, { node: planner.name, failed: [...failed] }],
    },
  };
}

/** Whether the node plans, at the start or in the middle. */
export function isPlanner(candidate: { worker: string }): boolean {
  return candidate.worker === PLANNER;
}
