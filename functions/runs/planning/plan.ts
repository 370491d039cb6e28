import { z } from 'zod';
import { plannableWorkers } from '../worker.ts';
import { edgesOf, type Graph, type GraphNode, isPlanner } from './graph.ts';

/** A plan as a planner submits it, and the rules that it must satisfy before any of it runs. */

/** The most nodes of one run, including those of later plans. */
const MOST_NODES = 50;
/** A planner with less confidence than this that names ambiguities asks the user first. */
export const CONFIDENT = 0.7;

const NodeId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, - and _, and begin with a letter');
const ValueName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be letters, digits and _, and begin with a letter');

const PlanNode = z.strictObject({
  id: NodeId.describe('T001, T002, …; never used before in this run'),
  worker: z.string().min(1).max(50),
  instruction: z.string().trim().min(1).max(20_000).describe('all that the worker has to know'),
  reads: z.array(ValueName).max(50).default([]).describe('values of earlier nodes that it is given'),
  writes: z.array(ValueName).max(20).default([]).describe('values that it leaves, such as findings_T001'),
});
type PlanNode = z.output<typeof PlanNode>;

export const Plan = z.strictObject({
  nodes: z.array(PlanNode).min(1).max(MOST_NODES),
  edges: z
    .array(z.strictObject({ source: z.string().max(64), target: z.string().max(64) }))
    .max(1_000)
    .default([]),
  confidence: z.number().min(0).max(1).default(1).describe('how sure you are that you understood the query'),
  ambiguities: z.array(z.string().trim().min(1).max(1_000)).max(10).default([]).describe('questions to the person'),
});
export type Plan = z.output<typeof Plan>;

/** Planners write these as the source of the first nodes; they are not nodes. */
const ROOTS: readonly string[] = ['ROOT', 'START', 'root', 'start'];

/**
 * Adds a plan to a run's graph. Requires unique ids, known workers, existing edge ends, an earlier writer for every
 * value that is read, no cycle and at most {@link MOST_NODES} nodes. `planner` is the node that planned: new nodes
 * without other dependencies start after it. `dead` are nodes that will never complete: no new node can depend on them,
 * and their values may be written by new nodes.
 * @returns the graph with the new nodes in topological order, or all faults at once, each a sentence for the planner
 */
export function addPlan(
  graph: Graph,
  plan: Plan,
  { planner, dead = new Set() }: { planner: string; dead?: ReadonlySet<string> },
): { status: 'planned'; graph: Graph; added: GraphNode[] } | { status: 'faulty'; faults: string[] } {
  const known = new Set(graph.nodes.map((node) => node.name).filter((name) => !dead.has(name)));
  const faults = [...faultsOfNodes(graph, plan), ...faultsOfEdges(plan, known, dead)];
  const writers = writersOf(graph, plan, dead, faults);
  const dependencies = dependenciesOf(plan, writers, known, faults);
  const order = topologicalOrder(plan, dependencies);
  if (order === undefined) faults.push(`The plan has a cycle: ${cycleIn(plan, dependencies)}.`);
  if (faults.length > 0 || order === undefined) return { status: 'faulty', faults };
  const added = order.map(
    (node): GraphNode => ({
      name: node.id,
      worker: node.worker,
      depends_on: dependencies.get(node.id)?.size ? [...(dependencies.get(node.id) ?? [])] : [planner],
      after: 'completed',
      needs_message: false,
      instruction: node.instruction,
      reads: node.reads,
      writes: node.writes,
    }),
  );
  const nodes = [...graph.nodes, ...added];
  const { confidence, ambiguities } = plan;
  return { status: 'planned', added, graph: { ...graph, nodes, edges: edgesOf(nodes), confidence, ambiguities } };
}

function faultsOfNodes(graph: Graph, { nodes }: Plan): string[] {
  const workers = plannableWorkers().map((worker) => worker.assignment);
  const ids = [...graph.nodes.map((node) => node.name), ...nodes.map((node) => node.id)];
  const faults = nodes
    .filter((node, index) => ids.indexOf(node.id) !== graph.nodes.length + index)
    .map((node) => `The id ${node.id} is used twice.`);
  for (const node of nodes) {
    if (!workers.includes(node.worker)) {
      faults.push(`${node.id}: there is no worker ${node.worker}; there are ${workers.join(', ')}.`);
    }
  }
  const own = graph.nodes.filter((node) => !isPlanner(node)).length;
  if (own + nodes.length > MOST_NODES)
    faults.push(`A run has at most ${MOST_NODES} nodes; with this plan it would have ${own + nodes.length}.`);
  return faults;
}

function faultsOfEdges({ nodes, edges }: Plan, known: ReadonlySet<string>, dead: ReadonlySet<string>): string[] {
  const isNew = (name: string) => nodes.some((node) => node.id === name);
  return edges.flatMap(({ source, target }) => [
    ...(isNew(source) || known.has(source) || ROOTS.includes(source)
      ? []
      : [
          `The edge ${source} → ${target}: ${dead.has(source) ? `${source} will never complete` : `there is no node ${source}`}.`,
        ]),
    ...(isNew(target) ? [] : [`The edge ${source} → ${target}: ${target} is not a node of this plan.`]),
  ]);
}

/** Maps each value to the node that writes it. Adds a fault for a value that two nodes write. */
function writersOf(graph: Graph, plan: Plan, dead: ReadonlySet<string>, faults: string[]): Map<string, string> {
  const writers = new Map<string, string>();
  const alive = graph.nodes.filter((node) => !dead.has(node.name));
  const all = [...alive.map(({ name, writes }) => ({ id: name, writes })), ...plan.nodes];
  for (const { id, writes } of all) {
    for (const value of writes) {
      const other = writers.get(value);
      if (other !== undefined && plan.nodes.some((node) => node.id === id))
        faults.push(`${id}: the value ${value} is already written by ${other}.`);
      else writers.set(value, id);
    }
  }
  return writers;
}

/** Maps each new node to its dependencies: the sources of its edges and the writers of the values that it reads. */
function dependenciesOf(
  { nodes, edges }: Plan,
  writers: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  faults: string[],
): Map<string, Set<string>> {
  const dependencies = new Map(nodes.map((node) => [node.id, new Set<string>()]));
  for (const { source, target } of edges) {
    if (known.has(source) || dependencies.has(source)) dependencies.get(target)?.add(source);
  }
  for (const node of nodes) {
    for (const value of node.reads) {
      const writer = writers.get(value);
      if (writer === undefined) faults.push(`${node.id} reads ${value}, which no node writes.`);
      else if (writer === node.id) faults.push(`${node.id} reads ${value}, which it writes itself.`);
      else dependencies.get(node.id)?.add(writer);
    }
  }
  return dependencies;
}

/** Sorts the plan's nodes topologically, in the planner's order where possible. Returns undefined for a cycle. */
function topologicalOrder(
  { nodes }: Plan,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): PlanNode[] | undefined {
  const waiting = [...nodes];
  const placed: PlanNode[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex((node) => !waiting.some((other) => dependencies.get(node.id)?.has(other.id)));
    if (next === -1) return undefined;
    placed.push(...waiting.splice(next, 1));
  }
  return placed;
}

/** Returns the path of one cycle as text for the planner. */
function cycleIn({ nodes }: Plan, dependencies: ReadonlyMap<string, ReadonlySet<string>>): string {
  const isNew = (name: string) => nodes.some((node) => node.id === name);
  const start = nodes.find((node) => reaches(node.id, node.id, dependencies));
  const path = [start?.id ?? ''];
  for (;;) {
    const before = [...(dependencies.get(path[0] ?? '') ?? [])].find(
      (name) => isNew(name) && (name === start?.id || reaches(name, start?.id ?? '', dependencies)),
    );
    if (before === undefined || path.length > nodes.length) break;
    path.unshift(before);
    if (before === start?.id) break;
  }
  return path.join(' → ');
}

/** Whether `from` depends, directly or indirectly, on `to`. */
function reaches(from: string, to: string, dependencies: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const open = [...(dependencies.get(from) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(dependencies.get(name) ?? []));
  }
  return false;
}
