import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, failure, tool } from '../tool.ts';
import { asWritten, JsonFault, parseExactly, writeExactly } from './exact-json.ts';

/** Checks JSON and writes it indented or compact. No digit of a number changes. */
export const formatJson = tool({
  name: 'format_json',
  description:
    'Checks that a text is JSON and returns it indented, or compact with indent 0. Returns the place of the first error when it is not JSON. Numbers stay as they are written.',
  parameters: z.strictObject({
    json: textArgument('The JSON text'),
    indent: z.int().min(0).max(8).default(2).meta({ description: 'Spaces per level; 0 writes one line' }),
    sort_keys: z.boolean().default(false).meta({ description: 'Sort the members of objects by name' }),
  }),
  safeToRepeat: true,
  execute: async ({ json, indent, sort_keys }) => {
    try {
      return answer(writeExactly(parseExactly(json, asWritten), indent, sort_keys));
    } catch (error) {
      if (error instanceof JsonFault) return failure(`The text is not valid JSON: ${error.message}.`);
      throw error;
    }
  },
});
