import { describe, expect, test } from 'vitest';
import { layOut } from '../../../../web/rooms/village/picture/layout.ts';
import type { Point } from '../../../../web/rooms/village/picture/shapes.ts';
import { agree, deny, say, sceneOfVillage, type Village, villageOf } from './growing.ts';

const WIDTH = 960;

async function placesOf(village: Village): Promise<ReadonlyMap<string, Point>> {
  const layout = await layOut(sceneOfVillage(village), WIDTH, new AbortController().signal);
  return layout?.places ?? new Map();
}

/** How far marks moved that were there before, as shares of the width. */
function moves(before: ReadonlyMap<string, Point>, after: ReadonlyMap<string, Point>, prefix: string): number[] {
  return [...before].flatMap(([id, from]) => {
    const to = after.get(id);
    return to === undefined || !id.startsWith(prefix) ? [] : [Math.hypot(to.x - from.x, to.y - from.y) / WIDTH];
  });
}
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Thirty additions from 5 to 20 agents: newcomers, statements, agreements of two and three, and tensions. */
const ADDITIONS: ((village: Village, at: number) => unknown)[] = Array.from({ length: 30 }, (_, at) => {
  const agents = 5 + Math.floor(at / 2);
  const some = [at % agents, (at * 3 + 1) % agents, (at * 7 + 2) % agents].filter(
    (one, index, all) => all.indexOf(one) === index,
  );
  if (at % 2 === 1) return (village) => say(village, agents);
  if (at % 6 === 0) return (village) => agree(village, some.slice(0, 2), at);
  return at % 6 === 2 ? (village) => deny(village, some[0] ?? 0, some[1] ?? 1) : (village) => agree(village, some, at);
});

describe('the layout', () => {
  test('does not move agents when others come, and other statements by little', async () => {
    const village = villageOf(5, 10);
    let before = await placesOf(village);
    const moved = { agents: [] as number[], statements: [] as number[] };
    for (const [at, add] of ADDITIONS.entries()) {
      add(village, at);
      const after = await placesOf(village);
      moved.agents.push(...moves(before, after, 'villager_'));
      moved.statements.push(...moves(before, after, 'know_'));
      before = after;
    }
    expect([...before.keys()].filter((id) => id.startsWith('villager_'))).toHaveLength(20);
    expect(meanOf(moved.agents)).toBeLessThan(0.005);
    expect(Math.max(...moved.agents)).toBeLessThan(0.02);
    expect(meanOf(moved.statements)).toBeLessThan(0.01);
    expect(Math.max(...moved.statements)).toBeLessThan(0.15);
  });
});
