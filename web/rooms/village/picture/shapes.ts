/** The forms of the picture: hulls, zigzags, and which mark is next to another. Pure. */

export interface Point {
  x: number;
  y: number;
}

/** Returns the path of a rounded hull around points, `pad` pixels from them; none without points. */
export function hullPath(points: readonly Point[], pad: number): string {
  if (points.length === 0) return '';
  const ring = points.flatMap(({ x, y }) =>
    Array.from({ length: 16 }, (_, index) => {
      const angle = (index * Math.PI) / 8;
      return { x: x + pad * Math.cos(angle), y: y + pad * Math.sin(angle) };
    }),
  );
  return `M${convexHull(ring).map(written).join('L')}Z`;
}

/** Andrew's monotone chain. */
function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((one, other) => one.x - other.x || one.y - other.y);
  const half = (some: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of some) {
      while (chain.length > 1 && turn(chain.at(-2), chain.at(-1), point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function turn(a: Point | undefined, b: Point | undefined, c: Point): number {
  return a === undefined || b === undefined ? 1 : (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

const TOOTH = 7;
const DEPTH = 4;

/** Returns the path of a zigzag from one point to another. */
export function zigzagPath(from: Point, to: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const teeth = Math.max(1, Math.round(length / TOOTH));
  const [along, across] = [
    { x: (to.x - from.x) / teeth, y: (to.y - from.y) / teeth },
    { x: (-(to.y - from.y) / (length || 1)) * DEPTH, y: ((to.x - from.x) / (length || 1)) * DEPTH },
  ];
  const corners = Array.from({ length: teeth }, (_, index) => {
    const side = index % 2 === 0 ? 1 : -1;
    return {
      x: from.x + along.x * (index + 0.5) + across.x * side,
      y: from.y + along.y * (index + 0.5) + across.y * side,
    };
  });
  return `M${[from, ...corners, to].map(written).join('L')}`;
}

function written({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

const DIRECTIONS: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Returns the nearest mark in the direction of an arrow key; what lies aside counts as farther away. */
export function neighbourOf(places: ReadonlyMap<string, Point>, from: string, key: string): string | undefined {
  const direction = DIRECTIONS[key];
  const start = places.get(from);
  if (direction === undefined || start === undefined) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, place] of places) {
    const ahead = (place.x - start.x) * direction.x + (place.y - start.y) * direction.y;
    const aside = Math.abs((place.x - start.x) * direction.y) + Math.abs((place.y - start.y) * direction.x);
    if (id === from || ahead <= 0 || ahead + 2 * aside >= least) continue;
    best = id;
    least = ahead + 2 * aside;
  }
  return best;
}
