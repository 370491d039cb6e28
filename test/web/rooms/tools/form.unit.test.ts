import { describe, expect, test } from 'vitest';
import { declareTool } from '../../../../functions/tools/tool.ts';
import { SHARED_TOOLS } from '../../../../functions/tools/toolbox.ts';
import { type Draft, draftOf, type Schema } from '../../../../web/rooms/tools/json-schema.ts';
import { parseArguments, readArguments } from '../../../../web/rooms/tools/read-draft.ts';
import { text } from '../../../../web/text/tools.ts';

const SCHEMA: Schema = {
  type: 'object',
  required: ['title', 'kind', 'to'],
  properties: {
    title: { type: 'string', minLength: 2, maxLength: 5 },
    note: { type: 'string' },
    kind: { enum: ['a', 2, null] },
    count: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
    share: { type: ['number', 'null'] },
    loud: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string', minLength: 1 } },
    to: {
      anyOf: [
        { type: 'string', minLength: 1 },
        { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
      ],
    },
    place: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string', minLength: 1 }, zip: { type: 'string' } },
    },
    free: {},
  },
};

/** Types into the fields of a form. */
function fill(values: Record<string, Draft>): Draft {
  const draft = draftOf(SCHEMA, {});
  if (draft.kind !== 'group') throw new Error('The schema is an object');
  Object.assign(draft.members, values);
  return draft;
}
const typed = (written: string): Draft => ({ kind: 'text', text: written });
const number = (written: string): Draft => ({ kind: 'number', text: written, isWhole: true });

describe('a form made from a schema', () => {
  test('leaves out what was not filled in, and keeps defaults', () => {
    const { value, faults } = readArguments(
      SCHEMA,
      fill({ title: typed('Post'), kind: { kind: 'choice', at: 1, options: ['a', 2, null] } }),
    );
    expect(faults).toEqual({ to: text.faults.missing });
    expect(value).toEqual({ title: 'Post', kind: 2, count: 3 });
  });

  test('reads numbers, lists, groups, variants, switches and JSON', () => {
    const draft = draftOf(SCHEMA, {
      title: 'ab',
      kind: null,
      share: 0.5,
      loud: true,
      tags: ['x', 'y'],
      to: { id: 7 },
      place: { city: 'Oslo' },
      free: { a: [1] },
      note: '',
    });
    expect(readArguments(SCHEMA, draft)).toEqual({
      value: {
        title: 'ab',
        kind: null,
        count: 3,
        share: 0.5,
        loud: true,
        tags: ['x', 'y'],
        to: { id: 7 },
        place: { city: 'Oslo' },
        free: { a: [1] },
      },
      faults: {},
    });
  });

  test('says what is wrong at each field, also inside of lists and groups', () => {
    const draft = fill({
      title: typed('x'),
      count: number('10'),
      share: { kind: 'number', text: 'a lot', isWhole: false },
      tags: { kind: 'list', items: [typed(''), typed('ok')], of: { type: 'string', minLength: 1 } },
      place: { kind: 'group', members: { city: typed(''), zip: typed('1') } },
      free: { kind: 'json', text: '{' },
    });
    expect(readArguments(SCHEMA, draft).faults).toEqual({
      title: text.faults.short(2),
      kind: text.faults.missing,
      count: text.faults.most(9),
      share: text.faults.number,
      'tags.0': text.faults.missing,
      to: text.faults.missing,
      'place.city': text.faults.missing,
      free: text.faults.json,
    });
    expect(readArguments(SCHEMA, fill({ count: number('1.5') })).faults.count).toBe(text.faults.integer);
  });

  test('has only JSON for schemas that it does not understand or that are too deep', () => {
    let deep: Schema = { type: 'string' };
    for (let level = 0; level < 10; level += 1) deep = { type: 'array', items: deep };
    expect(JSON.stringify(draftOf(deep, [[[[[[[['x']]]]]]]]))).toContain('"kind":"json"');
    expect(draftOf({ type: 'object' }, { a: 1 })).toEqual({ kind: 'json', text: '{\n  "a": 1\n}' });
  });

  test('has a field for each argument of each tool', () => {
    for (const tool of SHARED_TOOLS) {
      const schema = declareTool(tool).parameters as Schema;
      const draft = draftOf(schema, {});
      expect(draft.kind === 'group' && Object.keys(draft.members)).toEqual(Object.keys(schema.properties ?? {}));
    }
  });
});

test('reads arguments that are written as JSON', () => {
  expect(parseArguments('')).toEqual({ value: {} });
  expect(parseArguments('{"a":1}')).toEqual({ value: { a: 1 } });
  expect(parseArguments('[1]').fault).toBe(text.faults.object);
  expect(parseArguments('{').fault).toBe(text.faults.json);
});
