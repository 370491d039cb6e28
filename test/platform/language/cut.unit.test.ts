import { expect, test } from 'vitest';
import { beginningOf, endingOf, shortenedQuestion } from '../../../functions/platform/language/cut.ts';

const FAMILY = '👨\u200d👩\u200d👧';

test.for(['🦊', 'e\u0301', '👍🏽', FAMILY, 'नि', '한'])('never splits %s', (character) => {
  for (let most = 0; most <= character.length + 2; most += 1) {
    expect(['', 'a', `a${character}`, `a${character}b`]).toContain(beginningOf(`a${character}b`, most));
    expect(['', 'b', `${character}b`, `a${character}b`]).toContain(endingOf(`a${character}b`, most));
  }
});

test('keeps a text that fits, and cuts a text of marks only anywhere', () => {
  expect(beginningOf('abc', 3)).toBe('abc');
  expect(endingOf('abc', 3)).toBe('abc');
  expect(endingOf('\u0301'.repeat(100), 50).length).toBeGreaterThan(0);
});

test('a shortened question has a third of its beginning and the rest of its end', () => {
  const text = `${'a'.repeat(50)}${'b'.repeat(50)}`;
  expect(shortenedQuestion(text, 31)).toBe(`${'a'.repeat(10)}\n${'b'.repeat(20)}`);
  expect(shortenedQuestion(text, 100)).toBe(text);
});
