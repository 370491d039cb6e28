import type { Named, Statement } from '../village-types.ts';
import type { Scene } from './scene.ts';
import { seatsOf } from './seats.ts';
import type { Point } from './shapes.ts';

/**
 * The ground of the picture: the commons as a wide field, below it a table for each bridge and a plot for each private
 * room. Statements on tables and plots stand in rows; those of the commons are placed by `layout.ts`. Pure.
 */
export interface Area {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Table extends Area {
  sides: readonly Named[];
}

export interface Plot extends Area {
  owner: Named;
}

export interface Ground {
  width: number;
  height: number;
  commons: Area;
  tables: Table[];
  plots: Plot[];
  /** The seat of each agent in the commons, also of those who have said nothing there yet. */
  seats: Map<string, Point>;
  /** Where agents and statements stand that are not in the commons. */
  places: Map<string, Point>;
}

/**
 * Widths of the ground. The widest that fits is taken, so the picture is the same on screens of one kind. Marks keep
 * their size, so the ground is not drawn narrower than it is.
 */
const WIDTHS = [960, 640, 480, 360];
const GAP = 16;
const AREA_HEIGHT = 84;
/** Targets are 24 px wide. */
const CELL = 24;
const SIDE = 64;

export function widthFor(available: number): number {
  return WIDTHS.find((width) => width * 0.98 <= available) ?? 360;
}

export function groundOf(scene: Pick<Scene, 'agents' | 'statements'>, width: number): Ground {
  // Ids sort by time, so who comes later has a later seat.
  const agents = scene.agents.map(({ id }) => id).sort();
  const { seats, height } = seatsOf(agents.length, width);
  const commons = { id: 'commons', x: 0, y: 0, width, height };
  const places = new Map<string, Point>();
  const inCommons = new Set(scene.statements.filter(({ realm }) => realm === 'village').map(({ agent }) => agent.id));
  const bridges = groups(scene.statements, 'bridge', ({ sides }) =>
    (sides ?? [])
      .map(({ id }) => id)
      .sort()
      .join(' '),
  );
  const rooms = groups(scene.statements, 'private', ({ agent }) => agent.id);

  const cells = strip(bridges.length + rooms.length, width > 700 ? 3 : width > 400 ? 2 : 1, width, commons.height);
  const tables = bridges.map((some, index): Table => ({ ...cellAt(cells, index), sides: some[0]?.sides ?? [] }));
  const plots = rooms.map((some, index): Plot => ({ ...cellAt(cells, bridges.length + index), owner: ownerOf(some) }));
  for (const [index, table] of tables.entries()) {
    placeRows(places, bridges[index] ?? [], { ...table, x: table.x + SIDE, width: table.width - 2 * SIDE });
    for (const [side, { id }] of table.sides.entries()) {
      if (inCommons.has(id) || places.has(id)) continue;
      places.set(id, {
        x: side === 0 ? table.x + SIDE / 2 : table.x + table.width - SIDE / 2,
        y: table.y + AREA_HEIGHT / 2,
      });
    }
  }
  for (const [index, plot] of plots.entries()) {
    const isHome = !inCommons.has(plot.owner.id) && !places.has(plot.owner.id);
    if (isHome) places.set(plot.owner.id, { x: plot.x + SIDE / 2, y: plot.y + 34 });
    const left = isHome ? SIDE : 12;
    placeRows(places, rooms[index] ?? [], { ...plot, x: plot.x + left, width: plot.width - left - 12 });
  }
  const bottom = cells.at(-1) ?? commons;
  return {
    ...{ width, height: bottom.y + bottom.height + (bottom === commons ? 0 : GAP) },
    ...{ commons, tables, plots, places },
    seats: new Map(agents.flatMap((id, at) => (seats[at] === undefined ? [] : [[id, seats[at]]]))),
  };
}

function cellAt(cells: readonly Area[], index: number): Area {
  return cells[index] ?? { id: '', x: 0, y: 0, width: 0, height: 0 };
}

function ownerOf([first]: readonly Statement[]): Named {
  const agent = first?.agent;
  return { id: agent?.id ?? '', name: agent?.name ?? '' };
}

/** Returns the statements of a realm, those with the same key together. The group that is oldest comes first. */
function groups(all: readonly Statement[], realm: Statement['realm'], keyOf: (statement: Statement) => string) {
  const found = new Map<string, Statement[]>();
  for (const statement of all.toReversed()) {
    if (statement.realm !== realm) continue;
    const key = keyOf(statement);
    found.set(key, [...(found.get(key) ?? []), statement]);
  }
  return [...found.values()];
}

/** Returns equal areas in rows, below `top`. */
function strip(count: number, columns: number, width: number, top: number): Area[] {
  const each = (width - GAP * (columns + 1)) / columns;
  return Array.from({ length: count }, (_, index) => ({
    id: `area ${index}`,
    x: GAP + (index % columns) * (each + GAP),
    y: top + GAP + Math.floor(index / columns) * (AREA_HEIGHT + GAP),
    width: each,
    height: AREA_HEIGHT,
  }));
}

/** Places statements in rows; closer than a target when there are many. */
function placeRows(places: Map<string, Point>, statements: readonly Statement[], area: Omit<Area, 'id'>): void {
  const [width, height] = [Math.max(CELL, area.width), area.height - 30];
  let cell = CELL;
  while (Math.floor(width / cell) * Math.floor(height / cell) < statements.length && cell > 6) cell -= 1;
  const columns = Math.max(1, Math.floor(width / cell));
  for (const [index, { id }] of statements.entries()) {
    places.set(id, {
      x: area.x + (index % columns) * cell + cell / 2,
      y: area.y + 24 + Math.floor(index / columns) * cell + cell / 2,
    });
  }
}
