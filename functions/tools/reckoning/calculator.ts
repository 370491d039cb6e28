import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import { evaluate } from './evaluate.ts';
import { ArithmeticFault } from './rational.ts';
import { writeDecimal } from './write-decimal.ts';

/** Arithmetic without floats: 0.1 + 0.2 is 0.3, and money is exact to the last digit. */
export const calculator = tool({
  name: 'calculator',
  description:
    'Computes an arithmetic expression exactly: numbers such as 1250.75, + - * / ** and brackets, % for the remainder of a division, and abs, floor, ceil, round(x, decimals), min, max, sum. A percentage is written as 0.19. Answers a decimal number; one without an end is rounded to 30 decimals and marked with ≈.',
  parameters: z.strictObject({
    expression: z.string().min(1).max(1_000).meta({ description: 'Such as round(1999.90 * 1.19, 2)' }),
  }),
  safeToRepeat: true,
  execute: async ({ expression }) => {
    try {
      const { text, isExact } = writeDecimal(evaluate(expression));
      return answer(isExact ? text : `≈ ${text}`);
    } catch (error) {
      if (error instanceof ArithmeticFault) return failure(`It cannot be computed: ${error.message}.`);
      throw error;
    }
  },
});
