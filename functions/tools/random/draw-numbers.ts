import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';

/** With four decimals the range has 2e13 values; `crypto.randomInt` takes 2 ** 48. */
const LIMIT = 1_000_000_000;

/**
 * Draws numbers from the system's generator. Safe to repeat: before the result is recorded nobody has seen it, and a
 * recorded call is not made again.
 */
export const drawNumbers = tool({
  name: 'draw_numbers',
  description:
    'Draws random numbers between two bounds, both included, each equally likely, one a line. With decimals: 2 it draws 0.00, 0.01 and so on. With distinct: true no number is drawn twice. A model cannot draw at random by itself.',
  parameters: z.strictObject({
    minimum: z.int().min(-LIMIT).max(LIMIT).default(1),
    maximum: z.int().min(-LIMIT).max(LIMIT).default(100),
    count: z.int().min(1).max(1_000).default(1),
    decimals: z.int().min(0).max(4).default(0),
    distinct: z.boolean().default(false),
  }),
  safeToRepeat: true,
  execute: async ({ minimum, maximum, count, decimals, distinct }) => {
    const scale = 10 ** decimals;
    const values = (maximum - minimum) * scale + 1;
    if (values < 1) return failure('minimum is above maximum.');
    if (distinct && count > values) return failure(`There are only ${values} different numbers in this range.`);
    const drawn = distinct ? drawDistinct(values, count) : Array.from({ length: count }, () => randomInt(values));
    return answer(drawn.map((at) => ((minimum * scale + at) / scale).toFixed(decimals)).join('\n'));
  },
});

/**
 * Draws different numbers below a limit in random order: the first steps of a shuffle of all, without a list of all.
 */
function drawDistinct(limit: number, count: number): number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: count }, (_, at) => {
    const chosen = at + randomInt(limit - at);
    const value = moved.get(chosen) ?? chosen;
    moved.set(chosen, moved.get(at) ?? at);
    return value;
  });
}
