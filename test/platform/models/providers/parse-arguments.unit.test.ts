import { expect, test } from 'vitest';
import { parseArguments } from '../../../../functions/platform/models/providers/parse-arguments.ts';
import { expectLinear, repeated } from '../../../support/growth.ts';

test.each([
  ['', {}],
  [null, {}],
  ['{"a":"x\ny"}', { a: 'x\ny' }],
  ['{"a":"\u0001"}', { a: '\u0001' }],
  ['{"a":"\\"\n\\\\"}', { a: '"\n\\' }],
  ['{"a":1}\nThat is all.', { a: 1 }],
  ['{"a":1}</tool_call>', { a: 1 }],
  ['{"a":{"b":2}}}}', { a: { b: 2 } }],
  ['{"a":1}{"a":1}', { a: 1 }],
  ['{}{"a":1}', { a: 1 }],
  ['"{\\"a\\":1}"', { a: 1 }],
  [{ a: 1 }, { a: 1 }],
])('%j has one meaning', (given, expected) => {
  expect(parseArguments(given)).toEqual({ arguments: expected });
});

test.each([
  'nonsense',
  '[{"a":1}]',
  '7',
  '{"a":1',
  '{"a":"x',
  '{"a":"say "hi""}',
  // The quote ends the text too early, and what is left must not be dropped.
  '{"a":"He said "} loudly"}',
  '{"a":"x"} y"}',
  '{"a":1},"b":2}',
  '{"a":{"b":1}},"c":2}',
  '{"a":1}{"a":2}',
  '{}{}{"a":1}',
  '{"a":1} {b}',
  '"[1]"',
])('%s is not guessed', (given) => {
  expect(parseArguments(given).fault).toMatch(/not valid JSON|not an object/);
});

test('arguments that are nested too deep for the database are refused', () => {
  const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
  expect(parseArguments(deep(90)).fault).toBeUndefined();
  for (const levels of [110, 5_000, 200_000]) expect(parseArguments(deep(levels)).fault).toBeDefined();
});

test.each<[string, (size: number) => string]>([
  ['escaped quotes', (size) => `{"a":"${repeated('\\"')(size)}`],
  ['empty objects', repeated('{}')],
  ['open brackets', repeated('[')],
  ['quotes', repeated('"')],
  ['closing brackets', (size) => `{"a":1}${repeated('} ')(size)}`],
  ['line breaks', (size) => `{"a":"${repeated('\n')(size)}"}`],
])('a long text of %s is read in linear time', (_, make) => expectLinear(parseArguments, make, 60_000));
