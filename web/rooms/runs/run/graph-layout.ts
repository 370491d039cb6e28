import dagre from '@dagrejs/dagre';
import type { Graph } from './graph-ranks.ts';
import { type Layout, MARGIN, NODE_GAP, NODE_HEIGHT, NODE_WIDTH } from './graph-size.ts';

/**
 * Places nodes left to right and draws edges as smooth paths. A path ends at the borders of its nodes and passes a rank
 * straight in its own lane, so it never runs under a node. Loaded when the first graph is drawn.
 */
interface Point {
  x: number;
  y: number;
}

export function layOut(graph: Graph): Layout {
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({
    rankdir: 'LR',
    nodesep: NODE_GAP,
    edgesep: NODE_GAP,
    ranksep: 44,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) layout.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { from, to } of graph.edges) layout.setEdge(from, to);
  dagre.layout(layout);
  const places = new Map(
    graph.nodes.map(({ id }) => {
      const { x, y } = layout.node(id) as Point;
      return [id, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
    }),
  );
  const columns = new Set([...places.values()].map(({ x }) => round(x + NODE_WIDTH / 2)));
  const paths = graph.edges.map(({ from, to }) => {
    const { points = [] } = layout.edge(from, to) as { points?: Point[] };
    // dagre also names points between two ranks; only a point in a column of nodes has to be kept.
    const lanes = points.filter(({ x }) => columns.has(round(x)));
    return { key: `${from} ${to}`, d: pathBetween(places.get(from), places.get(to), lanes) };
  });
  const { width = 0, height = 0 } = layout.graph() as { width?: number; height?: number };
  return { width, height, places, paths };
}

/**
 * The path from the right border of one node to the left border of another; it crosses columns straight, in `lanes`.
 */
export function pathBetween(from: Point | undefined, to: Point | undefined, lanes: readonly Point[]): string {
  if (from === undefined || to === undefined) return '';
  const start = { x: from.x + NODE_WIDTH, y: from.y + NODE_HEIGHT / 2 };
  const end = { x: to.x, y: to.y + NODE_HEIGHT / 2 };
  const crossed = lanes.filter(({ x }) => x > start.x && x < end.x);
  const stops = crossed.flatMap(({ x, y }) => [
    { x: x - NODE_WIDTH / 2, y },
    { x: x + NODE_WIDTH / 2, y },
  ]);
  let at = start;
  let path = `M${round(start.x)} ${round(start.y)}`;
  for (const stop of [...stops, end]) {
    const middle = (at.x + stop.x) / 2;
    const target = `${round(stop.x)} ${round(stop.y)}`;
    path +=
      at.y === stop.y ? `L${target}` : `C${round(middle)} ${round(at.y)} ${round(middle)} ${round(stop.y)} ${target}`;
    at = stop;
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
