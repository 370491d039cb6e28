import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, failure, tool } from '../tool.ts';

/**
 * The time that the search for the shortest difference may take. Two files of 20,000 other lines would need minutes.
 */
const TIMEOUT_MS = 250;

/** Compares two texts line by line and writes the difference as `diff -u` does. */
export const diffTexts = tool({
  name: 'diff_texts',
  description:
    'Compares two texts line by line and returns a unified diff (lines with - are only in the old text, lines with + only in the new one), with the number of added and removed lines. Says so when they are equal.',
  parameters: z.strictObject({
    old_text: textArgument('The text before'),
    new_text: textArgument('The text after'),
    context_lines: z.int().min(0).max(100).default(3).meta({ description: 'Equal lines shown around each change' }),
    ignore_whitespace: z
      .boolean()
      .default(false)
      .meta({ description: 'Take lines for equal that differ only in spaces at their start and end' }),
  }),
  safeToRepeat: true,
  execute: async ({ old_text, new_text, context_lines, ignore_whitespace }) => {
    if (old_text === new_text) return answer('The texts are equal.');
    const { FILE_HEADERS_ONLY, formatPatch, structuredPatch } = await import('diff');
    const patch = structuredPatch('old', 'new', old_text, new_text, undefined, undefined, {
      context: context_lines,
      ignoreWhitespace: ignore_whitespace,
      timeout: TIMEOUT_MS,
    });
    if (patch === undefined)
      return failure('The texts differ in too many lines to compare them. Compare parts of them.');
    if (patch.hunks.length === 0) return answer('The texts differ only in spaces.');
    const lines = patch.hunks.flatMap((hunk) => hunk.lines);
    const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
    return answer(`${count('+')} added, ${count('-')} removed\n${formatPatch(patch, FILE_HEADERS_ONLY)}`);
  },
});
