import { expect, test } from 'vitest';
import { quoteSafely } from '../../../../functions/platform/models/providers/quote-safely.ts';

const request = {
  system: 'You are the research worker',
  messages: [{ role: 'user' as const, text: 'Write a poem about my cat Mia, please.' }],
};

test.each([
  [
    '400 Function call is missing a thought_signature in parts.',
    'Function call is missing a thought_signature in parts.',
  ],
  ["Invalid value for 'tool_choice': must be auto", "Invalid value for 'tool_choice': must be auto"],
  ['Bad content: "write a POEM about my cat Mia"', 'Bad content:'],
  ['poem, about my: Mia', ''],
  ['bad key sk-proj-1234567890abcdef of you', 'bad key … of you'],
  ['bad key abcdefghijklmnopqrstuvwxyz', 'bad key …'],
  ['bad request {"messages": ["Mia"]}', 'bad request'],
  ['<html>no</html>', ''],
  ['', ''],
])('of %s is quoted: %s', (message, expected) => {
  expect(quoteSafely(message, request)).toBe(expected);
});

test('a long message is cut', () => {
  expect(quoteSafely('no '.repeat(100_000), request).length).toBeLessThanOrEqual(200);
});
