import { clustersOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';

/**
 * Where the layout starts: agreements and tensions in the middle of their agents, with their statements around them,
 * and the rest around its agent, the oldest inside. What comes later changes no earlier place.
 */
export function startOf(scene: Scene, seats: ReadonlyMap<string, Point>): Map<string, Point> {
  const places = new Map<string, Point>(seats);
  const put = (id: string, place: Point) => places.set(id, places.get(id) ?? place);
  const counts = new Map<string, number>();
  /** How many were counted with this key before. */
  const next = (key: string) => {
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return count;
  };
  for (const { id, statements } of clustersOf(scene)) {
    const agents = [...new Set(statements.map(({ agent }) => agent.id))].sort();
    const middle = middleOf(agents.flatMap((agent) => seats.get(agent) ?? []));
    const centre = onSpiral(middle, next(agents.join(' ')), 70);
    put(id, centre);
    for (const [at, statement] of statements.entries())
      put(statement.id, around(centre, at / statements.length, statements.length > 2 ? 34 : 40));
  }
  for (const { id, agent } of scene.statements.toReversed()) {
    if (places.has(id)) continue;
    // The first turn of the spiral is the square of the agent.
    put(id, onSpiral(seats.get(agent.id) ?? { x: 0, y: 0 }, next(agent.id) + 5, 20));
  }
  return places;
}

export function middleOf(points: readonly Point[]): Point {
  const mean = (axis: 'x' | 'y') => points.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, points.length);
  return { x: mean('x'), y: mean('y') };
}

const GOLDEN = (3 - Math.sqrt(5)) / 2;

/** The sunflower spiral: points of equal density, the first in the middle. */
function onSpiral(middle: Point, index: number, apart: number): Point {
  return around(middle, index * GOLDEN, apart * Math.sqrt(index));
}

/** Returns the point at a share of a turn. */
function around({ x, y }: Point, turn: number, distance: number): Point {
  const angle = 2 * Math.PI * turn;
  return { x: x + distance * Math.cos(angle), y: y + distance * Math.sin(angle) };
}
