import { expect, test } from 'vitest';
import type { ModelMessage } from '../../../functions/platform/models/model.ts';
import { orderMessages } from '../../../functions/platform/models/order-messages.ts';

const user = (text: string): ModelMessage => ({ role: 'user', text });
const answer = (text: string, ...ids: string[]): ModelMessage => ({
  role: 'assistant',
  text,
  toolCalls: ids.map((id) => ({ id, name: 'look_up', arguments: {} })),
});
const results = (...ids: string[]): ModelMessage => ({
  role: 'tool',
  results: ids.map((id) => ({ id, name: 'look_up', output: `found ${id}`, isError: false })),
});

test('a reminder behind results becomes part of the last result', () => {
  const ordered = orderMessages([
    user('task'),
    answer('', 'a', 'b'),
    results('a', 'b'),
    user('2 turns left'),
    user('now'),
  ]);
  expect(ordered.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  expect(ordered[2]).toMatchObject({
    results: [{ output: 'found a' }, { output: 'found b\n\n2 turns left\n\nnow' }],
  });
});

test('neighbours of one role are joined, and empty messages left out', () => {
  expect(
    orderMessages([
      user('a'),
      user(' '),
      user('b'),
      answer(''),
      answer('x'),
      answer('y', 'c'),
      results(),
      results('c'),
    ]),
  ).toEqual([user('a\n\nb'), answer('x\n\ny', 'c'), results('c')]);
  expect(orderMessages([user('a'), answer('\n'), user('b')])).toEqual([user('a\n\nb')]);
});

test('an order that is right stays as it is', () => {
  const messages = [user('task'), answer('x', 'a'), results('a'), answer('y'), user('thanks'), answer('z')];
  expect(orderMessages(messages)).toEqual(messages);
  expect(orderMessages([])).toEqual([]);
});

test('a text after results stays a message of its own for Claude and Gemini', () => {
  const results = [{ id: 'c', name: 'look_up', output: 'x', isError: false }];
  const messages: ModelMessage[] = [user('a'), { role: 'tool', results }, user('Go on.')];
  expect(orderMessages(messages, false)).toEqual(messages);
  expect(orderMessages(messages)).toHaveLength(2);
});

test('images stay with their message, are joined with those of a neighbour, and never end in a result', () => {
  const image = (name: string) => ({ name, mediaType: 'image/png' as const, data: '', width: 1, height: 1 });
  const joined = orderMessages([
    { role: 'user', text: 'one', images: [image('a')] },
    { role: 'user', text: '', images: [image('b')] },
  ]);
  expect(joined).toEqual([{ role: 'user', text: 'one', images: [image('a'), image('b')] }]);
  const shown = [
    { role: 'user' as const, text: 'go' },
    { role: 'assistant' as const, text: '', toolCalls: [{ id: 'a', name: 'x', arguments: {} }] },
    { role: 'tool' as const, results: [{ id: 'a', name: 'x', output: 'y', isError: false }] },
    { role: 'user' as const, text: '', images: [image('c')] },
  ];
  expect(orderMessages(shown)).toEqual(shown);
});
