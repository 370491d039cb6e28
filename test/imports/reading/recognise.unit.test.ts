import { expect, test } from 'vitest';
import { describeUnknown } from '../../../functions/imports/reading/recognise.ts';

test('says what an unknown item is, and what an import reads', () => {
  for (const [value, what] of [
    [42, 'It is a number, and not an object.'],
    ['notes', 'It is a text, and not an object.'],
    [null, 'It is empty (null).'],
    [[1, 2], 'It is a list with 2 entries, and not an object.'],
    [{}, 'It is an object without fields.'],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, 'the fields `a`, `b`, `c`, `d`, `e`, `f` and 1 more.'],
    [{ ['x'.repeat(500)]: 1 }, `the field \`${'x'.repeat(40)}`],
    [{ id: 'none', messages: 'lost' }, 'Its field `messages` is no list.'],
    [{ title: 'Hi', mapping: {} }, 'It is of ChatGPT: it has the field `mapping`. Exports of ChatGPT are not read.'],
    [{ uuid: 'x', chat_messages: [] }, 'Exports of Claude are not read.'],
    [{ id: 1, text: 5 }, 'Its field `text` is no text.'],
    [{ id: 1 }, 'It is an object with the field `id`.'],
  ] as const) {
    expect(describeUnknown(value)).toContain(what);
    expect(describeUnknown(value)).toContain('An import reads conversations, group chats, knowledge, facts');
  }
});
