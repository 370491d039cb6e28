import { expect, test } from 'vitest';
import { readMessages } from '../../../functions/imports/kinds/messages.ts';

const START = '2025-01-01T00:00:00.000Z';

test('joins the calls of an answer, their results and its end to one message with parts', () => {
  const { messages, rest, notes } = readMessages(
    [
      { role: 'user', content: 'Add 2 and 3' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I calculate.' },
          { type: 'tool_use', id: 'a', name: 'calculator', input: { expression: '2+3' } },
          { type: 'tool_use', id: 'b', name: 'clock', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'no clock' }], is_error: true },
          { type: 'tool_result', tool_use_id: 'a', content: '5' },
        ],
      },
      { role: 'assistant', content: 'It is 5.' },
      { role: 'user', content: 'Thanks' },
    ],
    START,
  );
  expect([rest, notes]).toEqual([{}, []]);
  expect(messages.map(({ at, role, content }) => [at, role, content])).toEqual([
    [0, 'user', 'Add 2 and 3'],
    [1, 'assistant', 'I calculate.\n\nIt is 5.'],
    [4, 'user', 'Thanks'],
  ]);
  expect(messages[1]?.parts).toMatchObject([
    { type: 'text', turn: 0, text: 'I calculate.' },
    { type: 'tool', id: '0.0', tool: 'calculator', status: 'completed', is_error: false, output: '5' },
    { type: 'tool', id: '0.1', tool: 'clock', status: 'completed', is_error: true, output: 'no clock' },
    { type: 'text', turn: 1, text: 'It is 5.' },
  ]);
});

test('keeps what it does not know, and says so', () => {
  const { messages, rest, notes } = readMessages(
    [
      { role: 'narrator', content: 'Once', timestamp: '2099-01-01T00:00:00Z', bookmarked: true },
      'no message',
      { content: [{ type: 'hologram', data: 1 }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'lost', content: 'orphan' }] },
    ],
    START,
  );
  expect(messages.map(({ role, content }) => [role, content])).toEqual([['system', 'Once']]);
  expect(rest).toMatchObject({
    0: { role: 'narrator', bookmarked: true, timestamp: '2099-01-01T00:00:00Z' },
    1: { entry: 'no message' },
    2: { blocks: [{ type: 'hologram', data: 1 }] },
    3: { results: [{ output: 'orphan' }] },
  });
  expect(notes.join(' ')).toContain('in the future');
});

test('gives messages without a time the order that they have', () => {
  const { messages } = readMessages(
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
    START,
  );
  expect(messages.map(({ createdAt }) => createdAt)).toEqual([START, '2025-01-01T00:00:00.001Z']);
});
