import { clustersOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';

/** How far agreements and tensions stand from each other, and how far such a place is searched. */
const APART = 100;
const MOST_TRIES = 60;

/** A line between two agents is pushed out of its way to one side, and always to the same one. */
const TILT = 0.2;

/**
 * Where the layout starts: agreements and tensions in the middle of their agents, with their statements around them,
 * and the rest around its agent, the oldest inside. What comes later changes no earlier place.
 */
export function startOf(scene: Scene, seats: ReadonlyMap<string, Point>): Map<string, Point> {
  const places = new Map<string, Point>(seats);
  const put = (id: string, place: Point) => places.set(id, places.get(id) ?? place);
  const taken: Point[] = [];
  for (const { id, statements } of clustersOf(scene)) {
    const middle = middleOf(statements.flatMap(({ agent }) => seats.get(agent.id) ?? []));
    const centre = freePlace(middle, taken);
    taken.push(centre);
    put(id, centre);
    for (const [at, statement] of statements.entries())
      put(statement.id, around(centre, TILT + at / statements.length, statements.length > 2 ? 34 : 40));
  }
  const said = new Map<string, number>();
  for (const { id, agent } of scene.statements.toReversed()) {
    if (places.has(id)) continue;
    // The first turn of the spiral is the square of the agent.
    const turn = said.get(agent.id) ?? 5;
    said.set(agent.id, turn + 1);
    put(id, onSpiral(seats.get(agent.id) ?? { x: 0, y: 0 }, turn, 20));
  }
  return places;
}

export function middleOf(points: readonly Point[]): Point {
  const mean = (axis: 'x' | 'y') => points.reduce((sum, point) => sum + point[axis], 0) / Math.max(1, points.length);
  return { x: mean('x'), y: mean('y') };
}

/** Returns the first place of a spiral that is as far from those taken as two agreements need; else the middle. */
function freePlace(middle: Point, taken: readonly Point[]): Point {
  const spiral = Array.from({ length: MOST_TRIES }, (_, index) => onSpiral(middle, index, 24));
  const isFree = ({ x, y }: Point) => taken.every((other) => Math.hypot(other.x - x, other.y - y) >= APART);
  return spiral.find(isFree) ?? middle;
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
