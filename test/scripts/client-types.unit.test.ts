import { expect, it } from 'vitest';
import { printClientTypes } from '../../scripts/client-types.ts';

/** What the endpoints' own declarations do not show; tsc checks the generated file with the programs of examples/. */

const documentOf = (schema: object, more: object = {}) => ({
  paths: {
    '/things/{id}': {
      post: {
        summary: 'Closes a comment: */',
        parameters: [
          { in: 'path', name: 'id', required: true, schema: { type: 'string' } },
          { in: 'query', name: 'max-items', schema: { type: 'integer' } },
        ],
        requestBody: { content: { 'application/json': { schema } } },
        responses: { 200: { description: 'Done' } },
        ...more,
      },
    },
  },
  components: { schemas: { Problem: { type: 'object', properties: { detail: { type: 'string' } } } } },
});

const bodyOf = (schema: object) =>
  /requestBody\?: \{ content: \{ "application\/json": (.*) \} \};/.exec(printClientTypes(documentOf(schema)))?.[1];

it.each([
  [{ type: 'string', enum: ['a', 'it\'s "b"'] }, `"a" | "it's \\"b\\""`],
  [{ const: null }, 'null'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { anyOf: [{ type: 'number' }, { type: 'null' }] } }, '(number | null)[]'],
  [{ type: 'array' }, '(unknown)[]'],
  [{ $ref: '#/components/schemas/Problem' }, `components['schemas']['Problem']`],
  [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
  [{ type: 'object', additionalProperties: { type: 'integer' } }, '{ [key: string]: number }'],
  [
    { type: 'object', properties: { 'a-b': { type: 'boolean' }, c: {} }, required: ['c'] },
    '{ "a-b"?: boolean; c: unknown; }',
  ],
])('prints %j', (schema, type) => {
  expect(bodyOf(schema)).toBe(type);
});

it('requires a place of parameters when one of them is required', () => {
  const text = printClientTypes(documentOf({}));
  expect(text).toContain(
    'parameters: { query?: { "max-items"?: number; }; path: { id: string; }; header?: never; cookie?: never };',
  );
});

it('keeps a summary inside its comment', () => {
  expect(printClientTypes(documentOf({}))).toContain('/** Closes a comment: *\\/ */');
});

it('refuses a document of another shape', () => {
  expect(() => printClientTypes({ paths: {} })).toThrow();
});
