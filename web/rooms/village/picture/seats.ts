import type { Point } from './shapes.ts';

/**
 * Where agents stand in the commons: cells of a grid whose rows are shifted by half a cell. Each next agent takes the
 * free cell that is farthest from those taken, so no agent moves when another one comes. More rows follow below. Pure.
 */
const ROW = 78;
const MARGIN = { x: 20, y: 46 };
/** A narrow field is higher. */
const FIRST_ROWS = { wide: 5, narrow: 6 };
const MORE_ROWS = 2;
/** The first cells, as shares of the grid: the corners of a rectangle, with room for what agents share between them. */
const FIRST: readonly Point[] = [
  { x: 0.25, y: 0.2 },
  { x: 0.75, y: 0.8 },
  { x: 0.75, y: 0.2 },
  { x: 0.25, y: 0.8 },
];

/** Returns the seats of so many agents in a field of this width, and the height of the field. */
export function seatsOf(count: number, width: number): { seats: Point[]; height: number } {
  let rows = width > 400 ? FIRST_ROWS.wide : FIRST_ROWS.narrow;
  const seats = [...fill(cellsOf(0, rows, width), [], FIRST)];
  for (; seats.length < count; rows += MORE_ROWS) seats.push(...fill(cellsOf(rows, MORE_ROWS, width), seats, []));
  return { seats: seats.slice(0, count), height: 2 * MARGIN.y + rows * ROW };
}

function cellsOf(from: number, rows: number, width: number): Point[] {
  const columns = Math.round(width / 180);
  const across = (width - 2 * MARGIN.x) / columns;
  return Array.from({ length: rows * columns }, (_, index) => {
    const row = from + Math.floor(index / columns);
    const shift = row % 2 === 0 ? 0.3 : 0.7;
    return { x: MARGIN.x + ((index % columns) + shift) * across, y: MARGIN.y + (row + 0.5) * ROW };
  });
}

/** Returns the cells in their order, `first` by their places and then each the farthest from those before it. */
function fill(cells: readonly Point[], before: readonly Point[], first: readonly Point[]): Point[] {
  const [right, bottom] = [Math.max(...cells.map(({ x }) => x)), Math.max(...cells.map(({ y }) => y))];
  const taken: Point[] = [];
  for (const _ of cells) {
    const free = cells.filter((cell) => !taken.includes(cell));
    const wanted = first[taken.length];
    const next =
      wanted === undefined
        ? best(free, (cell) => Math.min(...[...before, ...taken].map((other) => apart(cell, other))))
        : best(free, (cell) => -apart(cell, { x: wanted.x * (right + MARGIN.x), y: wanted.y * (bottom + MARGIN.y) }));
    if (next !== undefined) taken.push(next);
  }
  return taken;
}

/** Returns the first of the points with the highest score. */
function best(points: readonly Point[], scoreOf: (point: Point) => number): Point | undefined {
  let found: { point: Point; score: number } | undefined;
  for (const point of points) {
    const score = scoreOf(point);
    if (found === undefined || score > found.score + 1e-6) found = { point, score };
  }
  return found?.point;
}

function apart(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
