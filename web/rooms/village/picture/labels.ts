import { text } from '../../../text/village.ts';
import type { Agreement } from '../village-types.ts';
import type { Ground } from './areas.ts';
import { besideHull, besideLine, besideSquare } from './beside.ts';
import { endsOf, type Scene } from './scene.ts';
import type { Point } from './shapes.ts';
import { widthOf } from './text-width.ts';

/**
 * Where labels stand so that none covers another one or a mark: each takes the first free place of a few around its
 * mark, as a whole, else shortened, else as a sign, else it is shown on focus alone. Agents come first, then agreements
 * of three and more, tensions, and agreements of two. Pure.
 */
export interface Box {
  /** The middle. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Label extends Box {
  /** `sign`: only the sign; `hidden`: nothing until the label has the focus. */
  form: 'whole' | 'short' | 'sign' | 'hidden';
}

/** A form of a label with its size. */
type Shape = Pick<Label, 'form' | 'width' | 'height'>;

/** Pixels between two labels, of the square of an agent, of the dot of a statement with a margin, and of lines. */
const GAP = 2;
const AGENT = 38;
const DOT = 16;
const LINE = 24;
const TWO_LINES = 42;
/** Borders and padding of a label of an agreement or a tension. */
const FRAME = 16;
const SIGN = 30;
/** The widest name and topic, and how far each is shortened where there is less room. */
const NAMES = [150, 84, 52];
const TOPICS = [220, 140, 90];
/** More tensions are shown by their sign alone. */
const MOST_WORDS = 4;

interface Wanted {
  id: string;
  shapes: readonly Shape[];
  placesFor: (shape: Shape) => Point[];
}

/**
 * Returns the label of each agent, agreement and tension that has a place.
 * @param titles the words of rooms and bridges, which labels do not cover either
 */
export function placeLabels(
  scene: Scene,
  places: ReadonlyMap<string, Point>,
  field: { width: number; height: number; titles: readonly Box[] },
  nameOf: (agent: { id: string; name: string }) => string,
): Map<string, Label> {
  const taken: Box[] = [...field.titles, ...marksOf(scene, places)];
  const labels = new Map<string, Label>();
  for (const { id, shapes, placesFor } of wantedOf(scene, places, nameOf)) {
    const found = firstFree(shapes, placesFor, taken, field);
    if (found !== undefined) taken.push(found);
    const [whole = { width: 0, height: 0 }] = shapes;
    labels.set(id, found ?? { ...(places.get(id) ?? { x: 0, y: 0 }), ...whole, form: 'hidden' });
  }
  return labels;
}

/** The squares of agents and the dots of statements. */
export function marksOf({ agents, statements }: Scene, places: ReadonlyMap<string, Point>): Box[] {
  const boxes = (some: readonly { id: string }[], size: number) =>
    some.flatMap(({ id }) => {
      const place = places.get(id);
      return place === undefined ? [] : [{ ...place, width: size, height: size }];
    });
  return [...boxes(agents, AGENT), ...boxes(statements, DOT)];
}

/** Whether two boxes have less than the gap between them. */
export function overlap(one: Box, other: Box, gap = 0): boolean {
  return (
    Math.abs(one.x - other.x) < (one.width + other.width) / 2 + gap &&
    Math.abs(one.y - other.y) < (one.height + other.height) / 2 + gap
  );
}

/** The words of the commons, of bridges and of private rooms, and the marks of the sides of a bridge. */
export function titlesOf({ tables, plots }: Pick<Ground, 'tables' | 'plots'>, scale: number): Box[] {
  const areas = [...tables, ...plots].map(({ x, y, width }) => {
    return { x: (x + width / 2) * scale, y: y * scale + 12, width: width * scale, height: 16 };
  });
  const sides = tables.flatMap(({ x, y, width, height }) =>
    [x + 32, x + width - 32].map((side) => ({ x: side * scale, y: (y + height / 2) * scale, width: 28, height: 28 })),
  );
  return [
    { x: 16 + widthOf(text.picture.commons) / 2, y: 20, width: widthOf(text.picture.commons), height: 16 },
    ...areas,
    ...sides,
  ];
}

function firstFree(
  shapes: readonly Shape[],
  placesFor: Wanted['placesFor'],
  taken: readonly Box[],
  { width, height }: { width: number; height: number },
): Label | undefined {
  for (const shape of shapes) {
    for (const place of placesFor(shape)) {
      // What would reach beyond the field is moved into it.
      const box = { ...shape, x: within(place.x, shape.width, width), y: within(place.y, shape.height, height) };
      if (!taken.some((other) => overlap(box, other, GAP))) return box;
    }
  }
  return undefined;
}

function within(middle: number, size: number, field: number): number {
  return Math.max(size / 2, Math.min(field - size / 2, middle));
}

/** The labels by their importance. */
function wantedOf(
  scene: Scene,
  places: ReadonlyMap<string, Point>,
  nameOf: Parameters<typeof placeLabels>[3],
): Wanted[] {
  const at = <T extends { id: string }>(some: readonly T[], wanted: (one: T, place: Point) => Omit<Wanted, 'id'>) =>
    some.flatMap((one) => {
      const place = places.get(one.id);
      return place === undefined ? [] : [{ id: one.id, ...wanted(one, place) }];
    });
  const of = (kind: Agreement['kind']) => scene.agreements.filter((agreement) => agreement.kind === kind);
  return [
    ...at(
      [...scene.agents].sort((one, other) => (one.id < other.id ? -1 : 1)),
      (agent, place) => ({ shapes: shapesOfName(nameOf(agent)), placesFor: (shape) => besideSquare(place, shape) }),
    ),
    ...at(of('consensus'), (agreement, place) => ({
      shapes: shapesOfAgreement(agreement),
      placesFor: (shape) => besideHull(place, pointsOf(agreement.statements, places), shape),
    })),
    ...at(scene.tensions, (tension, place) => ({
      shapes: shapesOfTension(scene.tensions.length),
      placesFor: () => besideLine(place, pointsOf(endsOf(tension), places)),
    })),
    ...at(of('harmony'), (agreement, place) => ({
      shapes: shapesOfAgreement(agreement),
      placesFor: (shape) => besideLine(place, pointsOf(agreement.statements, places), shape),
    })),
  ];
}

function shapesOfName(name: string): Shape[] {
  const width = widthOf(name) + 4;
  const [most = 0, ...shorter] = NAMES;
  return [
    { form: 'whole', width: Math.min(most, width), height: 16 },
    ...shorter.filter((short) => short < width).map((short): Shape => ({ form: 'short', width: short, height: 16 })),
  ];
}

function shapesOfAgreement({ kind, topic, agents, lowest }: Agreement): Shape[] {
  const width = widthOf(topic);
  const score = kind === 'harmony' ? 0 : widthOf(`${text.voices(agents.length)}, ${text.score(lowest)}`);
  const height = kind === 'harmony' ? LINE : TWO_LINES;
  const shapes = TOPICS.map(
    (most): Shape => ({
      form: most === TOPICS[0] ? 'whole' : 'short',
      width: FRAME + Math.max(score, Math.min(most, width)),
      height,
    }),
  );
  return [...shapes, { form: 'sign', width: SIGN, height: LINE }];
}

function shapesOfTension(tensions: number): Shape[] {
  const sign: Shape = { form: 'sign', width: SIGN, height: LINE };
  const width = FRAME + SIGN / 2 + widthOf(text.tension);
  return tensions > MOST_WORDS ? [sign] : [{ form: 'whole', width, height: LINE }, sign];
}

function pointsOf(statements: readonly { id: string }[], places: ReadonlyMap<string, Point>): Point[] {
  return statements.flatMap(({ id }) => places.get(id) ?? []);
}
