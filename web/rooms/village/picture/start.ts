import { endsOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';

/**
 * Where the layout starts: agreements and tensions on a spiral, the oldest inside, their statements around them, agents
 * near the middle of what they said, and the rest around its agent. From other starts lines of agreements cross.
 */
export function startOf(scene: Scene): Map<string, Point> {
  const places = new Map<string, Point>();
  const put = (id: string, place: Point) => places.set(id, places.get(id) ?? place);
  const clusters = [
    ...scene.agreements.map(({ id, since, statements }) => ({ id, since, statements })),
    ...scene.tensions.map((tension) => ({ id: tension.id, since: tension.since, statements: endsOf(tension) })),
  ].sort((one, other) => Date.parse(one.since) - Date.parse(other.since) || (one.id < other.id ? -1 : 1));
  for (const [index, { id, statements }] of clusters.entries()) {
    const known = statements.flatMap((statement) => places.get(statement.id) ?? []);
    const centre = known.length > 0 ? middleOf(known) : onSpiral(index, 120);
    put(id, centre);
    for (const [at, statement] of statements.entries()) put(statement.id, around(centre, at, statements.length, 40));
  }
  const oldestFirst = scene.statements.toReversed();
  // Who spoke first comes first: that does not change when somebody speaks.
  const order = new Set([...oldestFirst.map(({ agent }) => agent.id), ...scene.agents.map(({ id }) => id)]);
  for (const [index, id] of [...order].entries()) {
    const said = scene.statements.filter(({ agent }) => agent.id === id).flatMap((one) => places.get(one.id) ?? []);
    put(id, said.length > 0 ? outward(middleOf(said), 60) : onSpiral(clusters.length + index, 120));
  }
  for (const [index, { id, agent }] of oldestFirst.entries())
    put(id, around(places.get(agent.id) ?? { x: 0, y: 0 }, index, 7, 46));
  return places;
}

export function middleOf(points: readonly Point[]): Point {
  const mean = (axis: 'x' | 'y') => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return { x: mean('x'), y: mean('y') };
}

/** The sunflower spiral: points of equal density. */
function onSpiral(index: number, apart: number): Point {
  return around({ x: 0, y: 0 }, index * (3 - Math.sqrt(5)), 2, apart * Math.sqrt(index + 0.5));
}

function around({ x, y }: Point, index: number, of: number, distance: number): Point {
  const angle = (2 * Math.PI * index) / of;
  return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
}

/** Away from the middle of the field, where the agreements are. */
function outward({ x, y }: Point, by: number): Point {
  const length = Math.hypot(x, y) || 1;
  return { x: x + (x / length) * by, y: y + (y / length) * by };
}
