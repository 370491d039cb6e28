import { describe, expect, test } from 'vitest';
import { drawNumbers } from '../../../functions/tools/random/draw-numbers.ts';
import { pickItems } from '../../../functions/tools/random/pick-items.ts';
import { answerOf } from '../tool-answer.ts';

const lines = async (tool: typeof drawNumbers, given: unknown) => (await answerOf(tool, given)).split('\n');

describe('draw_numbers', () => {
  test('draws every number of the range, bounds included', async () => {
    const drawn = await lines(drawNumbers, { minimum: -1, maximum: 1, count: 1_000 });
    expect(new Set(drawn)).toEqual(new Set(['-1', '0', '1']));
  });

  test('draws with decimals, and without repeats', async () => {
    const cents = await lines(drawNumbers, { minimum: 0, maximum: 1, decimals: 1, count: 11, distinct: true });
    expect(cents.toSorted()).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1.0']);
    const wide = { minimum: -1_000_000_000, maximum: 1_000_000_000, decimals: 4, count: 1_000, distinct: true };
    const drawn = await lines(drawNumbers, wide);
    expect(new Set(drawn).size).toBe(1_000);
    expect(drawn[0]).toMatch(/^-?\d{1,10}\.\d{4}$/);
  });

  test('refuses an empty range, and more different numbers than there are', async () => {
    expect(await answerOf(drawNumbers, { minimum: 2, maximum: 1 })).toBe('! minimum is above maximum.');
    expect(await answerOf(drawNumbers, { maximum: 3, count: 4, distinct: true })).toContain('only 3 different numbers');
  });
});

describe('pick_items', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

  test('shuffles all items, and not always the same way', async () => {
    const first = await lines(pickItems, { items });
    expect(first.toSorted()).toEqual(items);
    const others = await Promise.all(Array.from({ length: 5 }, () => lines(pickItems, { items })));
    expect(others.some((other) => other.join() !== first.join())).toBe(true);
  });

  test('picks some, with repeats only if asked', async () => {
    expect(new Set(await lines(pickItems, { items, count: 9 })).size).toBe(9);
    expect(await lines(pickItems, { items: ['x'], count: 3, repeats: true })).toEqual(['x', 'x', 'x']);
    expect(await answerOf(pickItems, { items: ['x'], count: 2 })).toContain('There are only 1 items');
  });
});
