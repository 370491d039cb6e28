import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';

/** Picks or shuffles at random. Safe to repeat, as `draw_numbers` is. */
export const pickItems = tool({
  name: 'pick_items',
  description:
    'Picks items of a list at random, each equally likely, one a line. Without count it returns all in random order (a shuffle). With repeats: true an item can be picked again.',
  parameters: z.strictObject({
    items: z.array(z.string().max(1_000)).min(1).max(1_000),
    count: z.int().min(1).max(1_000).optional().meta({ description: 'How many to pick. Default: all, shuffled.' }),
    repeats: z.boolean().default(false),
  }),
  safeToRepeat: true,
  execute: async ({ items, count = items.length, repeats }) => {
    if (repeats) return answer(Array.from({ length: count }, () => items[randomInt(items.length)]).join('\n'));
    if (count > items.length) return failure(`There are only ${items.length} items; set repeats, or pick fewer.`);
    return answer(shuffle(items).slice(0, count).join('\n'));
  },
});

/** Fisher and Yates: each order is equally likely. */
function shuffle(items: readonly string[]): string[] {
  const shuffled = [...items];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1);
    [shuffled[at], shuffled[other]] = [shuffled[other] ?? '', shuffled[at] ?? ''];
  }
  return shuffled;
}
