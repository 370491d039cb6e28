import { expect, test } from 'vitest';
import { z } from 'zod';
import { discoverFunctions } from '../../../functions/platform/discover.ts';
import { Problem } from '../../../functions/platform/errors.ts';
import { parsePart } from '../../../functions/platform/http/body.ts';

/** Returns the wrong fields as `path: message`. */
function faultsOf(schema: z.ZodType, value: unknown): string[] {
  try {
    parsePart(schema, value, 'body');
  } catch (error) {
    if (error instanceof Problem) return (error.options.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const Shape = z.union([
  z.strictObject({ circle: z.number() }),
  z.strictObject({ width: z.number(), height: z.number() }),
  z.array(z.string()),
]);

test('explains a union by its closest branch', () => {
  expect(faultsOf(Shape, { width: 1, height: 'high' })).toEqual([
    'body.height: Invalid input: expected number, received string',
  ]);
  expect(faultsOf(Shape, ['a', 2])).toEqual(['body.1: Invalid input: expected string, received number']);
  expect(faultsOf(z.strictObject({ shape: Shape }), { shape: { circle: 1, x: 2 } })).toEqual([
    'body.shape: Unrecognized key: "x"',
  ]);
});

test('says in words that a field is missing and that a parameter is no number', () => {
  const Task = z.strictObject({ task: z.string(), limit: z.coerce.number().default(1) });
  expect(faultsOf(Task, {})).toEqual(['body.task: is missing']);
  expect(faultsOf(Task, { task: 'x', limit: 'ten' })).toEqual([
    'body.limit: Invalid input: expected number, received a text',
  ]);
  expect(faultsOf(z.union([z.int(), Task]), { limit: 2 })).toEqual(['body.task: is missing']);
});

test('says bounds and lengths in words', () => {
  const Body = z.object({
    name: z.string().min(1),
    words: z.array(z.string()).max(2),
    key: z.string().max(5),
    rounds: z.int().min(1).max(10),
    share: z.number().gt(0).lt(1),
  });
  const body = { name: 'a', words: [], key: 'k', rounds: 1, share: 0.5 };
  expect(faultsOf(Body, { ...body, name: '', words: ['a', 'b', 'c'], key: 'longer', rounds: 11, share: 0 })).toEqual([
    'body.name: must have at least 1 character',
    'body.words: must have at most 2 items',
    'body.key: must have at most 5 characters',
    'body.rounds: must be at most 10',
    'body.share: must be more than 0',
  ]);
  expect(faultsOf(Body, { ...body, rounds: 0, share: 1 })).toEqual([
    'body.rounds: must be at least 1',
    'body.share: must be less than 1',
  ]);
});

test('says what a union accepts when no branch is close', () => {
  expect(faultsOf(Shape, 'round')).toEqual(['body: expected object or array']);
  expect(faultsOf(z.union([z.literal('none'), z.int()]), true)).toEqual(['body: expected "none" or number']);
  const named = z.union([z.string(), z.array(z.string())], { error: 'must be a word or words' });
  expect(faultsOf(z.strictObject({ words: named }), { words: 7 })).toEqual(['body.words: must be a word or words']);
  expect(faultsOf(z.strictObject({ words: named }), {})).toEqual(['body.words: must be a word or words']);
});

test('explains a union in a union, a wrong key of a record and an unknown kind', () => {
  const nested = z.union([z.string(), z.strictObject({ inner: z.union([z.number(), z.boolean()]) })]);
  expect(faultsOf(nested, { inner: 'x' })).toEqual(['body.inner: expected number or boolean']);
  const record = z.record(z.string().regex(/^[a-z]+$/, 'must be small letters'), z.number());
  expect(faultsOf(record, { A: 1 })).toEqual(['body.A: Invalid key: must be small letters']);
  const kinds = z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]);
  expect(faultsOf(kinds, { kind: 'c' })).toEqual(["body.kind: Invalid discriminator value. Expected 'a' | 'b'"]);
});

const WRONG = [undefined, null, true, 0.5, -1, '', ' ', 'x', 'x '.repeat(9000), [], [7], [[]], [{}], {}, { x: 1 }];
const WITHOUT_EXPECTATION = /^(Invalid input|Invalid (key|value|element) in \w+|Invalid)$/;

test('no schema of a request answers without saying what it expected', async () => {
  const silent: string[] = [];
  let unions = 0;
  for (const { declaration } of await discoverFunctions()) {
    const { body, query, params } = declaration.contract ?? {};
    for (const [part, schema] of Object.entries({ body, query, params })) {
      if (schema === undefined) continue;
      for (const inner of schemasIn(schema)) {
        if (inner instanceof z.ZodUnion) unions += 1;
        for (const value of WRONG)
          for (const fault of faultsOf(inner, value)) {
            const message = fault.replace(/^[^:]*: /, '');
            if (WITHOUT_EXPECTATION.test(message)) silent.push(`${declaration.name} ${part} ${fault}`);
          }
      }
    }
  }
  expect([...new Set(silent)]).toEqual([]);
  expect(unions).toBeGreaterThan(5);
});

/** Returns a schema and every schema that it is made of. Its checks are part of it and run with it. */
function schemasIn(schema: z.ZodType): z.ZodType[] {
  const found = new Set<z.ZodType>([schema]);
  for (const next of found)
    for (const [name, value] of Object.entries(next.def))
      for (const part of typeof value === 'object' && value !== null && name !== 'checks'
        ? [value, ...Object.values(value)]
        : [])
        if (part instanceof z.ZodType && !(part instanceof z.ZodTransform)) found.add(part);
  return [...found];
}
