import { expect, test } from 'vitest';
import { cleanSchema } from '../../../functions/tools/mcp/clean-schema.ts';

test('keeps what every provider of models accepts, and nothing that only a validator needs', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    title: 'Search',
    properties: {
      query: { type: 'string', description: 'What\nto <b>find</b>', pattern: '^(a+)+$', minLength: 1, format: 'uri' },
      kinds: { type: 'array', items: { enum: ['a', 'b'] } },
      any: { type: ['array', 'null'] },
      either: { oneOf: [{ type: 'string' }, { const: 3 }] },
      deep: { $ref: '#/$defs/deep' },
    },
    required: ['query', 'absent'],
    anyOf: [{ required: ['query'] }],
    additionalProperties: false,
  };
  expect(cleanSchema(schema)).toEqual({
    type: 'object',
    properties: {
      query: { type: 'string', description: 'What to &lt;b&gt;find&lt;/b&gt;' },
      kinds: { type: 'array', items: { enum: ['a', 'b'] } },
      any: { type: ['array', 'null'], items: {} },
      either: { anyOf: [{ type: 'string' }, { enum: [3] }] },
      deep: {},
    },
    required: ['query'],
    additionalProperties: false,
  });
});

test('returns an object for anything, and stops at a depth', () => {
  expect(cleanSchema({})).toEqual({ type: 'object', properties: {} });
  expect(cleanSchema({ type: 'banana', properties: { a: 7, b: { type: 'x', enum: [{}] } } })).toEqual({
    type: 'object',
    properties: { a: {}, b: {} },
  });
  const root: Record<string, unknown> = { type: 'object' };
  let inner = root;
  for (let depth = 0; depth < 1000; depth += 1) {
    const next = { type: 'object' };
    inner.properties = { a: next };
    inner = next;
  }
  expect(JSON.stringify(cleanSchema(root)).length).toBeLessThan(500);
});

test('refuses what a model could not call: too many arguments, a required one with a bad name, no object', () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, {}]));
  expect(cleanSchema({ properties: many })).toBeUndefined();
  expect(cleanSchema({ properties: { 'a b': {} }, required: ['a b'] })).toBeUndefined();
  expect(cleanSchema('text')).toBeUndefined();
  expect(cleanSchema({ properties: { 'a b': {}, c: {} } })).toMatchObject({ properties: { c: {} } });
});

test('replaces references to definitions, leaves recursion open, and stays small when they multiply', () => {
  const person = { type: 'object', properties: { name: { type: 'string' }, friend: { $ref: '#/$defs/Person' } } };
  const schema = {
    type: 'object',
    properties: {
      who: { $ref: '#/$defs/Person', description: 'Whom' },
      old: { allOf: [{ $ref: '#/definitions/Unit' }] },
      foreign: { $ref: 'https://example.com/schema' },
      own: { $ref: '#/$defs/__proto__' },
    },
    $defs: { Person: person },
    definitions: { Unit: { enum: ['m', 's'] } },
  };
  expect(cleanSchema(schema)).toEqual({
    type: 'object',
    properties: {
      who: { type: 'object', description: 'Whom', properties: { name: { type: 'string' }, friend: {} } },
      old: { enum: ['m', 's'] },
      foreign: {},
      own: {},
    },
  });
  const names = Array.from({ length: 8 }, (_, index) => `D${index}`);
  const ten = (name: string) =>
    Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`p${at}`, { $ref: `#/$defs/${name}` }]));
  const $defs = Object.fromEntries(names.map((name, at) => [name, { properties: ten(`D${at + 1}`) }]));
  expect(JSON.stringify(cleanSchema({ properties: ten('D0'), $defs })).length).toBeLessThan(100_000);
});
