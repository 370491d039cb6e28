import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';

/** Computes without floating-point numbers: 0.1 + 0.2 is 0.3, and money is exact to the last digit. */
export const calculator = tool({
  name: 'calculator',
  description:
    'Computes an arithmetic expression exactly: numbers such as 1250.75, + - * / ** and brackets, % for the remainder of a division, and abs, floor, ceil, round(x, decimals), min, max, sum. Write a percentage as 0.19. Returns a decimal number. A number whose digits never end is rounded to 30 decimals and marked with ≈.',
  parameters: z.strictObject({
    expression: z.string().min(1).max(1_000).meta({ description: 'Such as round(1999.90 * 1.19, 2)' }),
  }),
  safeToRepeat: true,
  execute: async ({ expression }) => {
    const { calculate } = await import('./evaluate.ts');
    const result = calculate(expression);
    if (result.status === 'refused') return failure(`The expression cannot be computed: ${result.reason}.`);
    return answer(result.isExact ? result.text : `≈ ${result.text}`);
  },
});
