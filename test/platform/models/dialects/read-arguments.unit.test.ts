import { expect, test } from 'vitest';
import { z } from 'zod';
import { readArguments } from '../../../../functions/platform/models/dialects/read-arguments.ts';
import { expectLinear } from '../../../support/growth.ts';

const Arguments = z.strictObject({
  path: z.string(),
  line: z.int().min(1).optional(),
  ratio: z.number().default(1),
  all: z.boolean().default(false),
  kind: z.enum(['file', 'folder']).optional(),
  note: z.string().nullable().optional(),
  list: z.array(z.int()).default([]),
  deep: z.strictObject({ on: z.boolean(), text: z.string().optional() }).optional(),
});
const read = (given: unknown) => readArguments(Arguments, given).data;
const whole = { path: 'a', ratio: 1, all: false, list: [] };

test('takes null as absent where the argument is optional, unless the schema takes null', () => {
  const given = { path: 'a', line: null, ratio: null, all: null, kind: null, list: null, deep: null, note: null };
  expect(read(given)).toEqual({ ...whole, note: null });
  // The record of the call keeps what the model gave.
  expect(given).toMatchObject({ line: null, deep: null });
  expect(read({ path: null })).toBeUndefined();
  expect(read({ path: 'a', other: null })).toBeUndefined();
  expect(read({ path: 'a', list: [1, null] })).toBeUndefined();
  expect(read(null)).toBeUndefined();
});

test('takes text of a number, a boolean, an array or an object where the schema wants one', () => {
  const given = {
    path: '2',
    line: '2',
    ratio: '-0.5',
    all: 'true',
    list: '[1, "2"]',
    deep: '{"on": "False", "text": null}',
  };
  expect(read(given)).toEqual({ path: '2', line: 2, ratio: -0.5, all: true, list: [1, 2], deep: { on: false } });
  expect(read({ path: 'a', list: ['1', '2'] })).toMatchObject({ list: [1, 2] });
});

test.each([
  [{ path: 2 }],
  [{ path: 'a', line: 'end' }],
  [{ path: 'a', line: '' }],
  [{ path: 'a', line: '1.5' }],
  [{ path: 'a', line: '0' }],
  [{ path: 'a', line: '0x10' }],
  [{ path: 'a', ratio: 'Infinity' }],
  [{ path: 'a', all: 'yes' }],
  [{ path: 'a', all: '1' }],
  [{ path: 'a', all: 1 }],
  [{ path: 'a', list: '1, 2' }],
  [{ path: 'a', list: '{}' }],
  [{ path: 'a', deep: '[]' }],
  [{ path: 'a', deep: '{"on": tr' }],
])('refuses %j', (given) => {
  expect(read(given)).toBeUndefined();
});

test('keeps text as text where the schema takes text', () => {
  const Text = z.strictObject({ content: z.string(), any: z.unknown() });
  const given = { content: '2', any: 'true' };
  expect(readArguments(Text, given).data).toEqual(given);
});

test('takes linear time for many faults', () =>
  expectLinear(
    (list) => read({ path: 'a', list }),
    (length) => Array.from({ length }, () => '1'),
    1_000,
  ));
