import { z } from 'zod';
import { computeApart } from '../code/compute-apart.ts';
import { textArgument } from '../text-argument.ts';
import { answer, tool } from '../tool.ts';

/**
 * Finds or replaces what a regular expression matches. The pattern is foreign and may need exponential time, so it runs
 * in the interpreter's process.
 */
export const matchRegex = tool({
  name: 'match_regex',
  description:
    'Finds all matches of a regular expression (JavaScript syntax) in a text and returns each with its line, column and groups. With replacement it returns the text with every match replaced; $1, $<name> and $& stand for groups and the match. Stops after 10 seconds.',
  parameters: z.strictObject({
    pattern: z.string().min(1).max(1_000).meta({ description: String.raw`Such as (?<key>\w+)=(?<value>\S+)` }),
    text: textArgument('The text to search in'),
    flags: z
      .string()
      .regex(/^[imsuv]{0,4}$/, 'must be some of i, m, s, u or v')
      .default('')
      .meta({ description: 'i: ignore case, m: ^ and $ match at lines, s: dot matches line breaks, u or v: Unicode' }),
    replacement: z.string().max(10_000).optional().meta({ description: 'Replaces every match. Empty: deletes it.' }),
    limit: z.int().min(1).max(1_000).default(100).meta({ description: 'The most matches to show' }),
  }),
  safeToRepeat: true,
  execute: async (parameters, context) => {
    const found = await computeApart(PROGRAM, parameters, context);
    return typeof found === 'string' ? answer(found) : found;
  },
});

/** Runs in QuickJS. Matches are counted to the end, and the first of them are shown. */
const PROGRAM = String.raw`
const { pattern, text, flags, replacement, limit } = JSON.parse(input);
let regex;
try { regex = new RegExp(pattern, 'g' + flags); } catch (error) { throw 'The pattern is wrong: ' + error.message; }
const cut = (value) => value === undefined ? 'no match' : JSON.stringify(value.length > 500 ? value.slice(0, 500) + '…' : value);
const counted = (count) => count === 0 ? 'No match' : count === 1 ? '1 match' : count + ' matches';
const lines = [];
let count = 0, line = 1, lineStart = 0, at = 0;
if (replacement === undefined) {
  for (const match of text.matchAll(regex)) {
    count += 1;
    if (count > limit) continue;
    for (let next = text.indexOf('\n', at); next !== -1 && next < match.index; next = text.indexOf('\n', next + 1)) {
      line += 1;
      lineStart = next + 1;
      at = lineStart;
    }
    const groups = match.groups ? Object.entries(match.groups) : match.slice(1).map((group, index) => [index + 1, group]);
    const shown = groups.map(([name, group]) => name + ': ' + cut(group)).join(', ');
    lines.push('line ' + line + ', column ' + (match.index - lineStart + 1) + ': ' + cut(match[0]) + (shown && ' (' + shown + ')'));
  }
  if (count > limit) lines.push('… ' + (count - limit) + ' more');
} else {
  for (const match of text.matchAll(regex)) count += 1;
  lines.push(text.replace(regex, replacement));
}
[counted(count), ...(count === 0 ? [] : lines)].join('\n');
`;
