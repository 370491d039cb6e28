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

/**
 * Places the marks: 300 ticks of a force layout from a fixed start, so the same data gives the same picture. Runs in
 * slices of a frame, because the Content-Security-Policy allows no worker.
 */
export interface Layout extends Ground {
  /** The place of each mark: agreements, tensions, agents, statements. */
  places: Map<string, Point>;
}

type Kind = 'agreement' | 'tension' | 'agent' | 'statement';
interface Node extends SimulationNodeDatum {
  id: string;
  kind: Kind;
  since: number;
}
interface Link extends SimulationLinkDatum<Node> {
  distance: number;
  strength: number;
}

const TICKS = 300;
const SLICE_MS = 24;
/** Half of the space that a mark needs, with its words. */
const RADII: Record<Kind, number> = { agreement: 60, tension: 34, agent: 36, statement: 13 };
const CHARGES: Record<Kind, number> = { agreement: -140, tension: -80, agent: -320, statement: -20 };
const MARGIN = { x: 70, y: 36 };
/** A layout of few marks is spread over the field, not more than so. */
const WIDEST_STRETCH = 1.5;

/** Returns the places; undefined when the signal was aborted before the end. */
export async function layOut(scene: Scene, width: number, signal: AbortSignal): Promise<Layout | undefined> {
  const ground = groundOf(scene, width);
  const nodes = nodesOf(scene, ground);
  const { commons } = ground;
  const simulation = forceSimulation(nodes)
    .stop()
    .force(
      'links',
      forceLink<Node, Link>(linksOf(scene, new Set(nodes.map(({ id }) => id))))
        .id(({ id }) => id)
        .distance(({ distance }) => distance)
        .strength(({ strength }) => strength),
    )
    .force(
      'charge',
      forceManyBody<Node>()
        .strength(({ kind }) => CHARGES[kind])
        .distanceMax(360),
    )
    .force('room', forceCollide<Node>(({ kind }) => RADII[kind]).iterations(2))
    .force('x', forceX(0).strength(0.03))
    .force('y', forceY(0).strength((0.03 * commons.width) / commons.height));
  let start = performance.now();
  for (let tick = 0; tick < TICKS; tick += 1) {
    simulation.tick();
    clamp(nodes, commons);
    if (performance.now() - start < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    start = performance.now();
  }
  stretch(nodes, commons);
  const places = new Map(nodes.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  return { ...ground, places: withLabels(scene, new Map([...ground.places, ...places])) };
}

/** The marks of the commons, oldest first, so that a new one does not move the start of the others. */
function nodesOf({ agreements, tensions, agents, statements }: Scene, { places }: Ground): Node[] {
  const first = new Map<string, number>();
  for (const { agent, created_at: at } of statements) first.set(agent.id, Date.parse(at));
  const drawn = new Set(statements.filter(({ realm }) => realm === 'village').map(({ id }) => id));
  const isInCommons = (some: readonly { id: string }[]) => some.some(({ id }) => drawn.has(id));
  const nodes: Node[] = [
    ...agreements
      .filter((agreement) => isInCommons(agreement.statements))
      .map(({ id, since }) => ({ id, kind: 'agreement' as const, since: Date.parse(since) })),
    ...tensions
      .filter((tension) => isInCommons(endsOf(tension)))
      .map(({ id, since }) => ({ id, kind: 'tension' as const, since: Date.parse(since) })),
    ...agents
      .filter(({ id }) => !places.has(id))
      .map(({ id }) => ({ id, kind: 'agent' as const, since: first.get(id) ?? Number.POSITIVE_INFINITY })),
    ...statements
      .filter(({ id }) => drawn.has(id))
      .map(({ id, created_at: at }) => ({ id, kind: 'statement' as const, since: Date.parse(at) })),
  ];
  return nodes.sort((one, other) =>
    one.since < other.since ? -1 : one.since > other.since ? 1 : one.id < other.id ? -1 : 1,
  );
}

/** What belongs together is near: a statement to its agent, an agreement to its statements. Pairs stand in a line. */
function linksOf({ agreements, tensions, statements, replies }: Scene, known: ReadonlySet<string>): Link[] {
  const links = [
    ...statements.map(({ id, agent }) => link(id, agent.id, 46, 0.35)),
    ...agreements.flatMap(({ id, lowest, statements: some }) =>
      around(id, some, some.length === 2 ? 76 : 60, 0.7 * lowest),
    ),
    ...tensions.flatMap((tension) => around(tension.id, endsOf(tension), 66, 0.4)),
    ...replies.map(({ from, to }) => link(from, to, 60, 0.05)),
  ];
  return links.filter(({ source, target }) => known.has(source as string) && known.has(target as string));
}

function link(source: string, target: string, distance: number, strength: number): Link {
  return { source, target, distance, strength };
}

/** Links a label to its statements, and two statements to each other, with the label between them. */
function around(label: string, statements: readonly { id: string }[], distance: number, strength: number): Link[] {
  const [one, other, third] = statements;
  const isPair = one !== undefined && other !== undefined && third === undefined;
  return [
    ...statements.map(({ id }) => link(label, id, distance, strength)),
    ...(isPair ? [link(one.id, other.id, 2 * distance, strength)] : []),
  ];
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
    if (points.length === 0) continue;
    const middle = (of: 'x' | 'y') => points.reduce((sum, point) => sum + point[of], 0) / points.length;
    places.set(id, { x: middle('x'), y: middle('y') });
  }
  return places;
}
