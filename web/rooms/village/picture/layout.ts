import {
  forceCollide,
  forceLink,
  forceSimulation,
  forceX,
  forceY,
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import { type Area, type Ground, groundOf } from './areas.ts';
import { clustersOf, endsOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';
import { middleOf, startOf } from './start.ts';

/**
 * Places the marks. Agents are pinned to their seats; agreements, tensions and statements get their places between them
 * by a force layout from a fixed start. So the same data gives the same picture, and what is new moves only what is
 * near. Runs in slices of a frame, because the Content-Security-Policy allows no worker.
 */
export interface Layout extends Ground {
  /** The place of each mark: agreements, tensions, agents, statements. */
  places: Map<string, Point>;
}

type Kind = 'harmony' | 'consensus' | 'tension' | 'agent' | 'statement';
interface Node extends SimulationNodeDatum {
  id: string;
  kind: Kind;
}
interface Link extends SimulationLinkDatum<Node> {
  distance: number;
  strength: number;
}

const TICKS = 200;
const SLICE_MS = 24;
/** A cool start, and a pull to where a mark started: what is new must not push through the whole field. */
const ALPHA = 0.3;
const KEPT = 0.3;
/** Half of the space that a mark needs, with its words. Those of a consensus are above its statements. */
const RADII: Record<Kind, number> = { harmony: 40, consensus: 20, tension: 22, agent: 40, statement: 13 };
/** Agents have less space around them in a full field. */
const AGENT_SHARE = 0.34;
/** Half of the hull of a consensus, and the share of the way out of it that a tick moves a mark. */
const HULL = 64;
const SHIFT = 0.3;
const MARGIN = { x: 24, y: 34 };

/** Returns the places; undefined when the signal was aborted before the end. */
export async function layOut(scene: Scene, width: number, signal: AbortSignal): Promise<Layout | undefined> {
  const ground = groundOf(scene, width);
  const nodes = nodesOf(scene, ground);
  const simulation = simulationOf(scene, nodes, ground.commons);
  const labels = labelsOf(scene, nodes);
  const free = nodes.filter(({ fx }) => fx === undefined);
  let start = performance.now();
  for (let tick = 0; tick < TICKS; tick += 1) {
    simulation.tick();
    clear(labels, free);
    clamp(nodes, ground.commons);
    centre(labels);
    if (performance.now() - start < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    start = performance.now();
  }
  const places = new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return { ...ground, places: withLabels(scene, new Map([...ground.places, ...places])) };
}

function simulationOf(scene: Scene, nodes: Node[], { width, height }: Area): Simulation<Node, Link> {
  const agents = nodes.filter(({ kind }) => kind === 'agent').length;
  const room = Math.min(RADII.agent, AGENT_SHARE * Math.sqrt((width * height) / Math.max(1, agents)));
  const starts = new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return forceSimulation<Node, Link>(nodes)
    .stop()
    .alpha(ALPHA)
    .force('x', forceX<Node>(({ id }) => starts.get(id)?.x ?? 0).strength(KEPT))
    .force('y', forceY<Node>(({ id }) => starts.get(id)?.y ?? 0).strength(KEPT))
    .force(
      'links',
      forceLink<Node, Link>(linksOf(scene, new Set(nodes.map(({ id }) => id))))
        .id(({ id }) => id)
        .distance(({ distance }) => distance)
        .strength(({ strength }) => strength),
    )
    .force('room', forceCollide<Node>(({ kind }) => (kind === 'agent' ? room : RADII[kind])).iterations(2));
}

/** The marks of the commons with their start, the oldest first: the order of nodes counts in a force layout. */
function nodesOf(scene: Scene, { places, seats }: Ground): Node[] {
  const start = startOf(scene, seats);
  const oldestFirst = scene.statements.filter(({ realm }) => realm === 'village').toReversed();
  const drawn = new Set(oldestFirst.map(({ id }) => id));
  const node = (id: string, kind: Kind): Node => ({ id, kind, ...start.get(id) });
  return [
    ...[...seats].filter(([id]) => !places.has(id)).map(([id, { x, y }]) => ({ ...node(id, 'agent'), fx: x, fy: y })),
    ...oldestFirst.map(({ id }) => node(id, 'statement')),
    ...clustersOf(scene)
      .filter(({ statements }) => statements.some(({ id }) => drawn.has(id)))
      .map(({ id, kind }) => node(id, kind)),
  ];
}

/** What belongs together is near: a statement to its agent, and the statements of an agreement or a tension. */
function linksOf(scene: Scene, known: ReadonlySet<string>): Link[] {
  const { agreements, tensions, statements, replies } = scene;
  const shared = new Set(clustersOf(scene).flatMap((cluster) => cluster.statements.map(({ id }) => id)));
  const links = [
    // What several say stands together, away from who said it.
    ...statements.map(({ id, agent }) =>
      shared.has(id) ? link(id, agent.id, 80, 0.06) : link(id, agent.id, 46, 0.35),
    ),
    ...agreements.flatMap(({ id, lowest, statements: some }) =>
      around(id, some, some.length === 2 ? 46 : 34, some.length === 2 ? 0.6 * lowest : lowest),
    ),
    ...tensions.flatMap((tension) => around(tension.id, endsOf(tension), 48, 0.4)),
    ...replies.map(({ from, to }) => link(from, to, 60, 0.02)),
  ];
  return links.filter(({ source, target }) => known.has(source as string) && known.has(target as string));
}

function link(source: string, target: string, distance: number, strength: number): Link {
  return { source, target, distance, strength };
}

/** Links two statements to each other, and more to their label. */
function around(label: string, statements: readonly { id: string }[], distance: number, strength: number): Link[] {
  const [one, other, third] = statements;
  if (one !== undefined && other !== undefined && third === undefined)
    return [link(one.id, other.id, 2 * distance, strength)];
  return statements.map(({ id }) => link(label, id, distance, strength));
}

interface Label {
  node: Node;
  of: readonly Node[];
}

function labelsOf(scene: Scene, nodes: readonly Node[]): Label[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  return clustersOf(scene).flatMap(({ id, statements }) => {
    const node = known.get(id);
    return node === undefined ? [] : [{ node, of: statements.flatMap((statement) => known.get(statement.id) ?? []) }];
  });
}

/** Keeps what does not belong to an agreement of three and more out of its hull. */
function clear(labels: readonly Label[], nodes: readonly Node[]): void {
  for (const { node: hull, of } of labels) {
    if (hull.kind !== 'consensus') continue;
    for (const node of nodes) {
      if (node === hull || of.includes(node)) continue;
      const [x, y] = [(node.x ?? 0) - (hull.x ?? 0), (node.y ?? 0) - (hull.y ?? 0)];
      const distance = Math.hypot(x, y) || 1;
      if (distance >= HULL) continue;
      node.x = (node.x ?? 0) + (x / distance) * (HULL - distance) * SHIFT;
      node.y = (node.y ?? 0) + (y / distance) * (HULL - distance) * SHIFT;
    }
  }
}

/** Keeps labels in the middle of their statements, so that other marks make room there. */
function centre(labels: readonly Label[]): void {
  for (const { node, of } of labels) {
    Object.assign(node, middleOf(of.map(({ x = 0, y = 0 }) => ({ x, y }))));
  }
}

/** Keeps the marks in the field. */
function clamp(nodes: readonly Node[], { width, height }: Area): void {
  for (const node of nodes) {
    node.x = Math.min(width - MARGIN.x, Math.max(MARGIN.x, node.x ?? 0));
    node.y = Math.min(height - MARGIN.y, Math.max(MARGIN.y, node.y ?? 0));
  }
}

/** Agreements and tensions stand in the middle of their statements. */
function withLabels(scene: Scene, places: Map<string, Point>): Map<string, Point> {
  for (const { id, statements } of clustersOf(scene)) {
    const points = statements.flatMap((statement) => places.get(statement.id) ?? []);
    if (points.length > 0) places.set(id, middleOf(points));
  }
  return places;
}
