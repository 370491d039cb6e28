import { expect, test } from 'vitest';
import { secretsOf } from '../../../functions/platform/secrets/known-secrets.ts';
import { maskStream } from '../../../functions/platform/secrets/mask-stream.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

const SECRET = 'sk-proj-9fQ2vX7LkT4mZr8Wb1NcY6Hd3Ju5Pa0GqE7tB4';

function show(hidden: readonly string[], pieces: readonly string[]): string[] {
  const mask = maskStream(hidden);
  return [...pieces.map(mask.add), mask.end()];
}

test('masks a text however it is cut into pieces, and nothing else is lost', () => {
  const text = `The key is ${SECRET}, again ${SECRET}${SECRET} and sk-proj-9fQ2 is only its start.`;
  const masked = text.replaceAll(SECRET, '[removed]');
  for (let size = 1; size <= text.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    );
    expect(show([SECRET], pieces).join('')).toBe(masked);
  }
});

test('holds back only an end that can become a hidden text', () => {
  expect(show([SECRET], ['I ask. ', 'sk-', 'proj', 'ect', '.'])).toEqual(['I ask. ', '', '', 'sk-project', '.', '']);
  expect(show([SECRET], ['The end is sk-proj'])).toEqual(['The end is ', 'sk-proj']);
  expect(show([], ['any ', 'text'])).toEqual(['any ', 'text', '']);
});

test('masks the longest text at a place, also when a shorter one is its start or its end', () => {
  const hidden = ['abcd1234', 'abcd1234efgh', '1234efgh5678'];
  expect(show(hidden, ['x abcd', '1234', 'efgh y']).join('')).toBe('x [removed] y');
  expect(show(hidden, ['x abcd1234', 'e']).join('')).toBe('x [removed]e');
  expect(show(hidden, ['abcd1234efgh', '5678']).join('')).toBe('[removed]5678');
  expect(show(['$a.*(b', '[c]^|'], ['$a.*', '(b[c', ']^|$a.b']).join('')).toBe('[removed][removed]$a.b');
  expect(secretsOf({ A_KEY: 'q8Zr4Tn1Xw7Lk', B_KEY: 'q8Zr4Tn1Xw7Lk-Jd93kQz' })[0]).toBe('q8Zr4Tn1Xw7Lk-Jd93kQz');
});

test.each([
  ['the start of a hidden text', repeated('a')],
  ['hidden texts', repeated(SECRET)],
])('masks a long text of %s in linear time', (_, make) => {
  const hidden = [`${'a'.repeat(200)}b`, SECRET];
  const inPieces = (text: string) => show(hidden, text.match(/.{1,100}/g) ?? []);
  return expectLinear(inPieces, make, 20_000);
});
