import type { Point } from './shapes.ts';

/** The places that a label may take beside its mark, the best first. Pure. */
interface Size {
  width: number;
  height: number;
}

/** From the middle of an agent's square to a label, and from the points of a hull to one. */
const SQUARE = 22;
const HULL_PAD = 22;

/** Below, above and at the sides of an agent's square. */
export function besideSquare({ x, y }: Point, { width }: Size): Point[] {
  const aside = SQUARE + width / 2;
  return [
    { x, y: y + 29 },
    { x, y: y - 29 },
    { x: x + aside, y },
    { x: x - aside, y },
  ];
}

/** Above, below and at the sides of a hull, which is 18 px around its points, and then farther away. */
export function besideHull(middle: Point, points: readonly Point[], { width, height }: Size): Point[] {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [pad, half] = [HULL_PAD, { x: width / 2, y: height / 2 }];
  const [top, bottom] = [Math.min(...ys) - pad - half.y, Math.max(...ys) + pad + half.y];
  const [left, right] = [Math.min(...xs) - pad - half.x, Math.max(...xs) + pad + half.x];
  return [
    { x: middle.x, y: top },
    { x: middle.x, y: bottom },
    { x: right, y: middle.y },
    { x: left, y: middle.y },
    ...[-1, 1].flatMap((side) => [
      { x: middle.x + side * half.x, y: top },
      { x: middle.x + side * half.x, y: bottom },
    ]),
    middle,
  ];
}

/** At the middle of a line, or beside it with the whole of a label, along it, and then around it. */
export function besideLine(middle: Point, points: readonly Point[], label?: Size): Point[] {
  const [from = middle, to = middle] = points;
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const along = { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
  const beside: Point[] =
    label === undefined
      ? [{ x: 0, y: 0 }]
      : [
          { x: 0, y: -label.height / 2 - 6 },
          { x: 0, y: label.height / 2 + 6 },
          { x: label.width / 2 + 8, y: 0 },
          { x: -label.width / 2 - 8, y: 0 },
        ];
  const near = [0, 14, -14, 28, -28]
    .filter((step) => Math.abs(step) < length / 2)
    .flatMap((step) =>
      beside.map(({ x, y }) => ({ x: middle.x + along.x * step + x, y: middle.y + along.y * step + y })),
    );
  const around = [22, 36, 52].flatMap((far) =>
    Array.from({ length: 8 }, (_, index) => {
      const angle = (index * Math.PI) / 4 - Math.PI / 2;
      return { x: middle.x + far * 1.6 * Math.cos(angle), y: middle.y + far * Math.sin(angle) };
    }),
  );
  return [...near, ...around];
}
