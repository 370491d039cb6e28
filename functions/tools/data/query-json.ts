import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { computeApart } from '../code/compute-apart.ts';
import { textArgument } from '../text-argument.ts';
import { answer, tool } from '../tool.ts';

/**
 * Queries JSON with JSONata. JSONata is a complete language, so an expression may never end. It runs in the
 * interpreter's process, which has no access to anything.
 */
export const queryJson = tool({
  name: 'query_json',
  description:
    'Evaluates a JSONata expression on JSON and returns the result as JSON: paths (orders.items.price), filters (orders[total > 100]), sorting (orders^(>total)), grouping (orders{customer: $sum(total)}), new objects ({"name": name}), and functions such as $sum, $count, $average, $distinct, $join, $map and $filter. Stops after 10 seconds. Numbers have 15 digits.',
  parameters: z.strictObject({
    json: textArgument('The JSON text to query'),
    expression: z.string().min(1).max(5_000).meta({ description: 'Such as $sum(orders[paid].total)' }),
  }),
  safeToRepeat: true,
  execute: async (parameters, context) => {
    program ??= `${readLibrary()}\n${PROGRAM}`;
    const found = await computeApart(program, parameters, context);
    return typeof found === 'string' ? answer(found) : found;
  },
});

/** The library and our program as one text, read with the first call. */
let program: string | undefined;

/** Returns the library as a program without modules, which leaves `jsonata`. */
function readLibrary(): string {
  const source = readFileSync(new URL(import.meta.resolve('jsonata/jsonata.min.js')), 'utf8');
  return `var module = { exports: {} }, exports = module.exports;\n${source}\nvar jsonata = module.exports;`;
}

/** Runs in QuickJS. `position` counts characters of the expression. */
const PROGRAM = `
const { json, expression } = JSON.parse(input);
let data;
try { data = JSON.parse(json); } catch (error) { throw 'The text is not JSON: ' + error.message; }
let result;
try { result = await jsonata(expression).evaluate(data); } catch (error) {
  if (error instanceof InternalError) throw error;
  throw 'The expression is wrong' + (error.position ? ' at character ' + error.position : '') + ': ' + error.message;
}
result === undefined ? 'Nothing was found.' : JSON.stringify(result, null, 2);
`;
