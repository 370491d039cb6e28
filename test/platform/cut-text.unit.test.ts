import { describe, expect, it } from 'vitest';
import { cutEnd, cutIntoParts, cutMiddle, cutText } from '../../functions/platform/cut-text.ts';
import { expectLinear, repeated } from '../support/growth.ts';

/** Characters of several code units: a pair, a combined letter, an emoji sequence, a flag, a syllable, a line break. */
const CHARACTERS = ['😀', 'e\u0301', '👩‍👩‍👧‍👦', '🇵🇹', 'नि', '한'.normalize('NFD'), '\r\n'];

describe.each(CHARACTERS)('a cut inside %j', (character) => {
  const text = `ab${character}cd`;
  const inside = Array.from({ length: character.length - 1 }, (_, at) => at + 1);

  it('leaves the character out', () => {
    for (const at of inside) {
      expect(cutText(text, 2 + at)).toBe('ab');
      expect(cutEnd(text, 2 + at)).toBe('cd');
    }
    expect(cutText(text, 2 + character.length)).toBe(`ab${character}`);
    expect(cutEnd(text, 2 + character.length)).toBe(`${character}cd`);
    expect([cutText(text, 100), cutEnd(text, 100)]).toEqual([text, text]);
  });

  it('moves the character to the next part', () => {
    const parts = cutIntoParts(character.repeat(9), character.length * 2 + 1);
    expect(parts).toEqual([...Array(4).fill(character.repeat(2)), character]);
  });
});

it('cuts a character that is longer than a part between its code points', () => {
  const parts = cutIntoParts(`a${'\u0301'.repeat(1000)}${'😀'.repeat(3)}`, 3);
  expect(parts.join('')).toBe(`a${'\u0301'.repeat(1000)}${'😀'.repeat(3)}`);
  expect(parts.every((part) => part !== '' && part.length <= 3 && part.isWellFormed())).toBe(true);
  expect(cutIntoParts('😀😀', 1).join('')).toBe('😀😀');
});

it.each(['a', '😀', '\u0301', '\u200d', '👩\u200d', '\ud83d', '\r\n'])(
  'cuts a text of nothing but %j in linear time',
  (piece) =>
    expectLinear((text) => [cutIntoParts(text, 500), cutText(text, 1001), cutEnd(text, 1001)], repeated(piece), 20_000),
);

it('shortens a question to a third of its beginning and the rest of its end', () => {
  const text = `${'a'.repeat(50)}${'b'.repeat(50)}`;
  expect(cutMiddle(text, 31)).toBe(`${'a'.repeat(10)}\n${'b'.repeat(20)}`);
  expect(cutMiddle(text, 100)).toBe(text);
});
