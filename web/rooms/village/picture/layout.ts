import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import { type Area, type Ground, groundOf } from './areas.ts';
import { endsOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';
import { middleOf, startOf } from './start.ts';

/**
 * Places the marks: 300 ticks of a force layout from a fixed start, so the same data gives the same picture. Runs in
 * slices of a frame, because the Content-Security-Policy allows no worker.
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

const TICKS = 300;
const WIDE_FIELD = 960 * 480;
const SLICE_MS = 24;
/** Half of the space that a mark needs, with its words. Those of a consensus are above its statements. */
const RADII: Record<Kind, number> = { harmony: 56, consensus: 8, tension: 26, agent: 36, statement: 13 };
const CHARGES: Record<Kind, number> = { harmony: -140, consensus: -260, tension: -60, agent: -320, statement: -20 };
const MARGIN = { x: 70, y: 52 };
/** A layout of few marks is spread over the field, not more than so. */
const WIDEST_STRETCH = 1.5;

/** Returns the places; undefined when the signal was aborted before the end. */
export async function layOut(scene: Scene, width: number, signal: AbortSignal): Promise<Layout | undefined> {
  const ground = groundOf(scene, width);
  const nodes = nodesOf(scene, ground);
  const { commons } = ground;
  /** A narrow field has shorter lines. */
  const share = Math.min(1, Math.sqrt((commons.width * commons.height) / WIDE_FIELD));
  const simulation = forceSimulation(nodes)
    .stop()
    .force(
      'links',
      forceLink<Node, Link>(linksOf(scene, new Set(nodes.map(({ id }) => id))))
        .id(({ id }) => id)
        .distance(({ distance }) => distance * share)
        .strength(({ strength }) => strength),
    )
    .force(
      'charge',
      forceManyBody<Node>()
        .strength(({ kind }) => CHARGES[kind] * share)
        .distanceMax(360),
    )
    .force('room', forceCollide<Node>(({ kind }) => RADII[kind] * Math.sqrt(share)).iterations(2))
    .force('x', forceX(0).strength(0.03))
    .force('y', forceY(0).strength((0.03 * commons.width) / commons.height));
  const labels = labelsOf(scene, nodes);
  let start = performance.now();
  for (let tick = 0; tick < TICKS; tick += 1) {
    simulation.tick();
    clamp(nodes, commons);
    centre(labels);
    if (performance.now() - start < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    start = performance.now();
  }
  stretch(nodes, commons);
  const places = new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return { ...ground, places: withLabels(scene, new Map([...ground.places, ...places])) };
}

/** The marks of the commons with their start. */
function nodesOf(scene: Scene, { places }: Ground): Node[] {
  const start = startOf(scene);
  const drawn = new Set(scene.statements.filter(({ realm }) => realm === 'village').map(({ id }) => id));
  const isInCommons = (some: readonly { id: string }[]) => some.some(({ id }) => drawn.has(id));
  const node = (id: string, kind: Kind): Node => ({ id, kind, ...start.get(id) });
  return [
    ...scene.agreements.filter(({ statements }) => isInCommons(statements)).map(({ id, kind }) => node(id, kind)),
    ...scene.tensions.filter((tension) => isInCommons(endsOf(tension))).map(({ id }) => node(id, 'tension')),
    ...scene.agents.filter(({ id }) => !places.has(id)).map(({ id }) => node(id, 'agent')),
    ...scene.statements.filter(({ id }) => drawn.has(id)).map(({ id }) => node(id, 'statement')),
  ];
}

/** What belongs together is near: a statement to its agent, and the statements of an agreement or a tension. */
function linksOf({ agreements, tensions, statements, replies }: Scene, known: ReadonlySet<string>): Link[] {
  const shared = new Set(agreements.flatMap((agreement) => agreement.statements.map(({ id }) => id)));
  const links = [
    // What several say stands together, away from who said it.
    ...statements.map(({ id, agent }) =>
      shared.has(id) ? link(id, agent.id, 80, 0.06) : link(id, agent.id, 46, 0.35),
    ),
    ...agreements.flatMap(({ id, lowest, statements: some }) =>
      around(id, some, some.length === 2 ? 70 : 34, some.length === 2 ? 0.6 * lowest : lowest),
    ),
    ...tensions.flatMap((tension) => around(tension.id, endsOf(tension), 66, 0.4)),
    ...replies.map(({ from, to }) => link(from, to, 60, 0.05)),
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

function labelsOf({ agreements, tensions }: Scene, nodes: readonly Node[]): Label[] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const some = [...agreements, ...tensions.map((tension) => ({ id: tension.id, statements: endsOf(tension) }))];
  return some.flatMap(({ id, statements }) => {
    const node = known.get(id);
    return node === undefined ? [] : [{ node, of: statements.flatMap((statement) => known.get(statement.id) ?? []) }];
  });
}

/** Keeps labels in the middle of their statements, so that other marks make room there. */
function centre(labels: readonly Label[]): void {
  for (const { node, of } of labels) {
    Object.assign(node, middleOf(of.map(({ x = 0, y = 0 }) => ({ x, y }))));
  }
}

/** Keeps the marks in the field, around its middle at 0. */
function clamp(nodes: readonly Node[], { width, height }: Area): void {
  const [most, lowest] = [width / 2 - MARGIN.x, height / 2 - MARGIN.y];
  for (const node of nodes) {
    node.x = Math.min(most, Math.max(-most, node.x ?? 0));
    node.y = Math.min(lowest, Math.max(-lowest, node.y ?? 0));
  }
}

/** Spreads the marks over the field and moves its middle to its place. */
function stretch(nodes: readonly Node[], { width, height }: Area): void {
  const spread = (values: number[], size: number) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const factor = Math.min(WIDEST_STRETCH, size / Math.max(1, most - least));
    return (value: number) => (value - (least + most) / 2) * factor;
  };
  const across = spread(
    nodes.map(({ x = 0 }) => x),
    width - 2 * MARGIN.x,
  );
  const down = spread(
    nodes.map(({ y = 0 }) => y),
    height - 2 * MARGIN.y,
  );
  for (const node of nodes) {
    node.x = across(node.x ?? 0) + width / 2;
    node.y = down(node.y ?? 0) + height / 2;
  }
}

/** Agreements and tensions stand in the middle of their statements. */
function withLabels({ agreements, tensions }: Scene, places: Map<string, Point>): Map<string, Point> {
  const labels = [
    ...agreements.map(({ id, statements }) => ({ id, of: statements })),
    ...tensions.map((tension) => ({ id: tension.id, of: endsOf(tension) })),
  ];
  for (const { id, of } of labels) {
    const points = of.flatMap((statement) => places.get(statement.id) ?? []);
    if (points.length > 0) places.set(id, middleOf(points));
  }
  return places;
}
