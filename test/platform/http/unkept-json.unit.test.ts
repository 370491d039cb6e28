import { expect, it } from 'vitest';
import { parseJson } from '../../../functions/platform/http/body.ts';
import { expectLinear } from '../../support/growth.ts';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

it.each([
  ['an integer above 2^53', '{"value":9007199254740993}', '9007199254740993'],
  ['a negative one', '[-9007199254740993]', '-9007199254740993'],
  ['an integer of 20 digits', '[12345678901234567890]', '12345678901234567890'],
  ['a number that is too large', '[1, 1e400]', '1e400'],
  ['a number that becomes 0', '[1E-400]', '1E-400'],
  ['a fraction of 18 digits', '[3.14159265358979323]', '3.14159265358979323'],
  ['the field __proto__', '{"a":{"__proto__":1}}', '__proto__'],
  ['an escaped field __proto__', String.raw`{"\u005f_proto__":1}`, '__proto__'],
  ['a field that is given twice', '[{"a":1},{"b":1,"b":2}]', 'twice'],
  ['NUL', String.raw`["a\u0000b"]`, 'NUL'],
  ['a lone surrogate in a name', String.raw`{"\ud800":1}`, 'surrogate'],
  ['101 levels', nested(101), '100 levels'],
  ['8 MB of distinct field names', `{${Array.from({ length: 660_000 }, (_, at) => `"k${at}":1`).join()}}`, '50000'],
  ['more items than a body may have', `[${'1,'.repeat(50_000)}1]`, '50000'],
  ['more objects than a body may have', `[${'{},'.repeat(25_000)}{}]`, '50000'],
  ['20,000 levels', `{"value":${nested(20_000)}}`, '100 levels'],
])('422: refuses %s', (_name, text, why) => {
  expect(() => parseJson(text)).toThrow(
    expect.objectContaining({ kind: 'invalid-request', message: expect.stringContaining(why) }),
  );
});

it.each([
  '[9007199254740992, 9007199254740994, -0, 0.0, 0e9, 1.50, 1e21, 100000000000000000000000, 1e308, 5e-324]',
  '[0.1, 0.30000000000000004, 0.10000000000000001, 33.333333333333336]',
  '{"n":"12345678901234567890","__proto":"__proto__","a:b":": \\": :","c\\\\":[":"]}',
  String.raw`["\ud83d\ude00","\\u0000"]`,
  nested(100),
  `[${'1,'.repeat(49_999)}1]`,
  `["${'[,{'.repeat(50_000)}"]`,
])('accepts %s', (text) => expect(parseJson(text)).toEqual(JSON.parse(text)));

it.each<[string, (size: number) => string]>([
  ['brackets', nested],
  ['backslashes', (size) => `["${'\\\\'.repeat(size)}"]`],
  ['quotes', (size) => `["${'\\"'.repeat(size)}"]`],
  ['long numbers', (size) => `[1${'0'.repeat(size)}1, 0.${'0'.repeat(size)}1]`],
  ['numbers', (size) => `[${'1.2,'.repeat(size)}1]`],
])('reads a text of nothing but %s in linear time', (_name, make) =>
  expectLinear(
    (text) => {
      try {
        parseJson(text);
      } catch {
        // Refused in linear time.
      }
    },
    make,
    50_000,
  ),
);
