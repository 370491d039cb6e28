import { expect, test } from 'vitest';
import { checkRefs, withoutRefs } from '../../../functions/chat/memory/check-refs.ts';
import { expectLinear, repeated } from '../../support/growth.ts';

const supplied = [{ ref: 'M1' }, { ref: 'M2' }, { ref: 'M12' }];

test.each([
  ['You live in Oslo [M1].', ['M1'], []],
  ['Both [M2, M1] and [M1][M12].', ['M2', 'M1', 'M12'], []],
  ['As noted [M1; M2], [M1 and M2], [m2] and [^M12].', ['M1', 'M2', 'M12'], []],
  ['Full width 【M1】 and round (M2).', ['M1', 'M2'], []],
  ['Made up [M7], and [M1, M9].', ['M1'], ['M7', 'M9']],
  ['The M1 runs north; the laptop (M3) has an M2 chip.', [], []],
  ['`grid[M1]`\n```ts\nrow[M2] = 1;\n```\nand an open block\n```\n[M12]', [], []],
  ['[M0], [M01], [M1234], [Memo M1] and [M1](https://evil.example)', ['M1'], []],
  ['', [], []],
])('reads the refs of %j', (answer, cited, unknown) => {
  expect(checkRefs(answer, supplied)).toEqual({ cited, unknown });
});

test('removes refs with the space before them, and nothing else', () => {
  expect(withoutRefs('You live in Oslo [M1], near Anna [M2, M3]. The laptop (M2) is new 【M1】.')).toBe(
    'You live in Oslo, near Anna. The laptop (M2) is new.',
  );
});

test.each(['[M1', '[M1, ', 'M1, ', '`', '```', '[', '(M1)', ' [M1]', '[M1 and '])('reads %j in linear time', (piece) =>
  expectLinear((text) => [checkRefs(text, supplied), withoutRefs(text)], repeated(piece), 20_000),
);
