import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPlaces, replacePlaces } from '../../../functions/tools/files/replace-text.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

const replace = (text: string, from: string, to: string) => replacePlaces(text, findPlaces(text, from), to);

describe('replacing a text', () => {
  test.each([
    ['in a file with \\r\\n', 'a\r\nb\r\nc\r\n', 'a\nb', 'A\nB\nB2', 'A\r\nB\r\nB2\r\nc\r\n'],
    ['by more lines, without a break inside', 'a\r\nb\r\n', 'b', 'b\nc', 'a\r\nb\r\nc\r\n'],
    ['in the first line', 'a\r\nb', 'a', 'a\nx', 'a\r\nx\r\nb'],
    ['given with \\r\\n in a file with \\n', 'a\nb\nc', 'a\r\nb', 'A\r\nB', 'A\nB\nc'],
    ['with the line break at its begin', 'a\r\nb\r\n', '\nb', '\nB', 'a\r\nB\r\n'],
    ['with the line break at its end', 'a\r\nb\r\n', 'a\n', '', 'b\r\n'],
    ['in a file of old Macs', 'a\rb\rc', 'a\nb', 'A\nB', 'A\rB\rc'],
    ['each place with its own breaks', 'a\nb\r\nc\na\r\nb\nd', 'a\nb\n', 'x\ny\nz\n', 'x\ny\r\nz\r\nc\nx\r\ny\nz\nd'],
    ['by text with the breaks of the lines before', 'a\r\nb c\nd', 'c', 'c\ne', 'a\r\nb c\r\ne\nd'],
    ['with patterns of replacement strings', 'a', 'a', '$& $1', '$& $1'],
  ])('%s', (_, text, from, to, expected) => expect(replace(text, from, to)).toBe(expected));

  test('by itself changes nothing, in any mix of line breaks', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', '\r\n', '\n', '\r'), { maxLength: 30 });
    fc.assert(
      fc.property(pieces, fc.nat(), fc.nat(), (parts, first, count) => {
        const from = first % (parts.length + 1);
        const wanted = parts
          .slice(from, from + 1 + (count % 5))
          .join('')
          .replace(/\r\n?/g, '\n');
        const text = parts.join('');
        if (wanted !== '') expect(replace(text, wanted, wanted)).toBe(text);
      }),
    );
  });

  test('takes time in proportion to the text', () =>
    expectLinear((text) => replace(text, 'a', 'b\n'), repeated('a'), 8_192));
});
