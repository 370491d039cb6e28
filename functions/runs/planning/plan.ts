import { z } from 'zod';
import { edgesOf, type Graph, type GraphNode, isPlanner } from './graph.ts';
import { plannableWorkers } from '../worker.ts';

/** A plan as a planner submits it, and the rules that it has to keep before anything of it runs. */

/** Nodes of one run, those of later plans included. */
export const MOST_NODES = 50;
/** Under this a planner that names ambiguities asks the person first. */
export const CONFIDENT = 0.7;

const NodeId = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, - and _, and begin with a letter');
const ValueName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, 'must be letters, digits and _, and begin with a letter');

export const PlanNode = z.strictObject({
  id: NodeId.describe('T001, T002, …; never used before in this run'),
  worker: z.string().min(1).max(50),
  instruction: z.string().trim().min(1).max(20_000).describe('all that the worker has to know'),
  reads: z.array(ValueName).max(50).default([]).describe('values of earlier nodes that it is given'),
  writes: z.array(ValueName).max(20).default([]).describe('values that it leaves, such as findings_T001'),
});
export type PlanNode = z.output<typeof PlanNode>;

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

/** What planners write for the beginning of everything; it is no node of ours. */
const ROOTS: readonly string[] = ['ROOT', 'START', 'root', 'start'];

/**
 * Adds a plan to a run's graph: unique ids, known workers, resolved edges, every value that is read has an earlier writer, no cycle, at most
 * {@link MOST_NODES} nodes. `planner` is the node that planned: what depends on nothing else starts after it. `dead` are nodes that never
 * complete: nobody can wait for them, and what they would have written may be written anew.
 * @returns the graph with the new nodes in topological order, or all faults at once, each a sentence for the planner.
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
  if (order === undefined) faults.push(`The plan goes round in a circle: ${circleIn(plan, dependencies)}.`);
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
    faults.push(`A run has ${MOST_NODES} nodes at most; this would make ${own + nodes.length}.`);
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
    ...(isNew(target) ? [] : [`The edge ${source} → ${target}: ${target} is no node of this plan.`]),
  ]);
}

/** Who writes each value; names a value that two nodes write. */
function writersOf(graph: Graph, plan: Plan, dead: ReadonlySet<string>, faults: string[]): Map<string, string> {
  const writers = new Map<string, string>();
  const alive = graph.nodes.filter((node) => !dead.has(node.name));
  const all = [...alive.map(({ name, writes }) => ({ id: name, writes })), ...plan.nodes];
  for (const { id, writes } of all) {
    for (const value of writes) {
      const other = writers.get(value);
      if (other !== undefined && plan.nodes.some((node) => node.id === id))
        faults.push(`${id}: the value ${value} is written by ${other} already.`);
      else writers.set(value, id);
    }
  }
  return writers;
}

/** What each new node waits for: the sources of its edges and the writers of what it reads. */
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
      if (writer === undefined) faults.push(`${node.id} reads ${value}, which nobody writes.`);
      else if (writer === node.id) faults.push(`${node.id} reads ${value}, which it writes itself.`);
      else dependencies.get(node.id)?.add(writer);
    }
  }
  return dependencies;
}

/** The plan's nodes, each after what it waits for, in the planner's order where that leaves a choice; undefined when there is a circle. */
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

/** One circle, as a planner can read it. */
function circleIn({ nodes }: Plan, dependencies: ReadonlyMap<string, ReadonlySet<string>>): string {
  const isNew = (name: string) => nodes.some((node) => node.id === name);
  const onCircle = nodes.find((node) => reaches(node.id, node.id, dependencies));
  const path = [onCircle?.id ?? ''];
  for (;;) {
    const before = [...(dependencies.get(path[0] ?? '') ?? [])].find(
      (name) => isNew(name) && (name === onCircle?.id || reaches(name, onCircle?.id ?? '', dependencies)),
    );
    if (before === undefined || path.length > nodes.length) break;
    path.unshift(before);
    if (before === onCircle?.id) break;
  }
  return path.join(' → ');
}

/** Whether `from` waits, directly or through others, for `to`. */
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
