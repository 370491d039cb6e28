import { describe, expect, test } from 'vitest';
import { groundOf, widthFor } from '../../../../web/rooms/village/picture/areas.ts';
import { layOut } from '../../../../web/rooms/village/picture/layout.ts';
import { MOST_MARKS, relatedTo, sceneOf } from '../../../../web/rooms/village/picture/scene.ts';
import { hullPath, neighbourOf, zigzagPath } from '../../../../web/rooms/village/picture/shapes.ts';
import { startOf } from '../../../../web/rooms/village/picture/start.ts';
import { agent, consensus, convergence, statement, statements, tension } from './example.ts';

const newestFirst = statements.toReversed();
const scene = sceneOf({ convergence, statements: newestFirst, hasMore: false, asOf: undefined });
const idsOf = (some: readonly { id: string }[]) => some.map(({ id }) => id);

describe('the scene', () => {
  test('has every statement newest first, and the agent that spoke last first', () => {
    expect(idsOf(scene.statements)).toEqual(idsOf(newestFirst));
    expect(scene.agents.map(({ name }) => name)).toEqual(['ada', 'eve', 'dora', 'cleo', 'ben']);
    expect(scene.replies).toEqual([{ from: 'know_c', to: 'know_b' }]);
    expect(scene.isReduced).toBe(false);
  });

  test('has nothing that was said after the moment of the room', () => {
    const [, , third] = statements;
    const past = sceneOf({
      convergence: { ...convergence, agreements: [], tensions: [] },
      statements: newestFirst,
      hasMore: false,
      asOf: third.created_at,
    });
    expect(idsOf(past.statements)).toEqual(['know_c', 'know_b', 'know_a']);
    expect(past.near).toEqual([]);
  });

  test('above 300 marks has only agreements, tensions, agents and the statements of both', () => {
    const many = Array.from({ length: MOST_MARKS }, (_, index) => statement('ben', `many-${index}`));
    const full = sceneOf({
      convergence,
      statements: [...many, ...statements].toReversed(),
      hasMore: true,
      asOf: undefined,
    });
    expect(full.isReduced).toBe(true);
    expect(idsOf(full.statements)).toEqual(['know_denies', 'know_says', 'know_c', 'know_b', 'know_a']);
    expect(full.agents).toHaveLength(5);
  });

  test('relates an agreement to its statements and agents, and a statement to its agreement', () => {
    expect(relatedTo(scene, undefined)).toBeUndefined();
    expect(relatedTo(scene, 'know_unknown')).toBeUndefined();
    const marks = relatedTo(scene, consensus.id);
    expect([...(marks ?? [])].sort()).toEqual(
      [consensus.id, 'know_a', 'know_b', 'know_c', 'villager_ada', 'villager_ben', 'villager_cleo'].sort(),
    );
    expect(relatedTo(scene, 'know_says')?.has(tension.id)).toBe(true);
    expect(relatedTo(scene, 'thread_1')?.has('know_c')).toBe(true);
  });
});

describe('the ground', () => {
  test('has a table for each bridge and a plot for each private room below the commons', () => {
    const { commons, tables, plots, places, height } = groundOf(scene, 960);
    expect(tables.map(({ sides }) => sides.map(({ name }) => name))).toEqual([['ada', 'eve']]);
    expect(plots.map(({ owner }) => owner.name)).toEqual(['ada']);
    for (const area of [...tables, ...plots]) {
      expect(area.y).toBeGreaterThan(commons.height);
      expect(area.y + area.height).toBeLessThan(height);
    }
    const [table] = tables;
    const seat = places.get('know_table');
    expect(seat?.x).toBeGreaterThan(table?.x ?? 0);
    expect(seat?.y).toBeLessThan((table?.y ?? 0) + (table?.height ?? 0));
    // Eve has said nothing in the commons, so her square is at her side of the table.
    expect(places.has('villager_eve')).toBe(true);
    expect(places.has('villager_ada')).toBe(false);
  });

  test('keeps all statements of a full room inside of it', () => {
    const many = Array.from({ length: 200 }, (_, index) => statement('ada', `p${index}`, { realm: 'private' }));
    const { plots, places } = groundOf({ agents: [agent('ada')], statements: many }, 360);
    const [plot] = plots;
    for (const { id } of many) {
      const place = places.get(id);
      expect(place?.y).toBeLessThanOrEqual((plot?.y ?? 0) + (plot?.height ?? 0));
      expect(place?.x).toBeLessThanOrEqual((plot?.x ?? 0) + (plot?.width ?? 0));
    }
  });

  test('takes the widest ground that fits', () => {
    expect([1400, 900, 600, 340, 100].map(widthFor)).toEqual([960, 640, 480, 360, 360]);
  });
});

describe('the layout', () => {
  const lay = () => layOut(scene, 960, new AbortController().signal);

  test('gives the same picture for the same data, with every mark inside of the ground', async () => {
    const [one, other] = [await lay(), await lay()];
    expect(one?.places).toEqual(other?.places);
    const marks = [...idsOf(scene.statements), ...idsOf(scene.agents), consensus.id, tension.id];
    for (const mark of marks) {
      const { x, y } = one?.places.get(mark) ?? { x: -1, y: -1 };
      expect(x, mark).toBeGreaterThan(0);
      expect(x, mark).toBeLessThan(960);
      expect(y, mark).toBeGreaterThan(0);
      expect(y, mark).toBeLessThan(one?.height ?? 0);
    }
  });

  test('puts agreeing statements nearer to each other than to those of a tension', async () => {
    const places = (await lay())?.places;
    const apart = (from: string, to: string) => {
      const [one, other] = [places?.get(from), places?.get(to)];
      return Math.hypot((one?.x ?? 0) - (other?.x ?? 0), (one?.y ?? 0) - (other?.y ?? 0));
    };
    expect(apart('know_a', 'know_b')).toBeLessThan(apart('know_a', 'know_denies'));
  });

  test('starts from the same places whether the newest statement is shown or hidden', () => {
    const crowd = Array.from({ length: 12 }, (_, index) => statement(`agent ${index % 5}`, `y${index}`)).toReversed();
    const startWith = (some: typeof crowd) => {
      const shown = sceneOf({ convergence, statements: some, hasMore: false, asOf: undefined });
      return startOf(shown, groundOf(shown, 960).seats);
    };
    const shown = startWith(crowd);
    for (const [id, place] of startWith(crowd.slice(1))) expect(shown.get(id), id).toEqual(place);
  });

  test('stops when it is not wanted any more', async () => {
    const crowd = Array.from({ length: 280 }, (_, index) => statement(`agent ${index % 9}`, `x${index}`));
    const full = sceneOf({ convergence, statements: crowd, hasMore: false, asOf: undefined });
    expect(await layOut(full, 960, AbortSignal.abort())).toBeUndefined();
  });
});

describe('the shapes', () => {
  test('a hull is around its points, and a zigzag goes from one to the other', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 50, y: 10 },
      { x: 50, y: 80 },
    ];
    const corners = hullPath(points, 10)
      .slice(1, -1)
      .split('L')
      .map((corner) => corner.split(' ').map(Number));
    expect(Math.min(...corners.map(([x = 0]) => x))).toBe(-10);
    expect(Math.max(...corners.map(([, y = 0]) => y))).toBe(90);
    expect(hullPath([], 10)).toBe('');
    expect(zigzagPath({ x: 0, y: 0 }, { x: 14, y: 0 })).toBe('M0.0 0.0L3.5 4.0L10.5 -4.0L14.0 0.0');
  });

  test('an arrow leads to the nearest mark in its direction', () => {
    const places = new Map([
      ['here', { x: 0, y: 0 }],
      ['right', { x: 50, y: 5 }],
      ['far right', { x: 90, y: 0 }],
      ['below', { x: 10, y: 60 }],
    ]);
    expect(neighbourOf(places, 'here', 'ArrowRight')).toBe('right');
    expect(neighbourOf(places, 'here', 'ArrowDown')).toBe('below');
    expect(neighbourOf(places, 'here', 'ArrowUp')).toBeUndefined();
    expect(neighbourOf(places, 'here', 'Enter')).toBeUndefined();
  });
});
