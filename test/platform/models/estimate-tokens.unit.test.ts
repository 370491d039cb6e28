import { expect, test } from 'vitest';
import { estimateMessages, estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';

/** Counted with OpenAI's o200k_base. */
test.for([
  ['Last summer we travelled through Norway by train, and the cat stayed with our neighbour.', 17],
  ['我姐姐是护士，在里昂的一家大医院工作。我们在湖边买了一栋老房子，可是屋顶漏水。', 30],
  ['동생은 오래된 우표를 모은다. 의사가 혈압약을 처방해 주었다.', 24],
  ['{"name":"apexflow","version":"0.1.0","license":"Apache-2.0","private":true}', 27],
  ['3f786850e387550fdab836ed7e6dc881de23001b', 20],
  ['🎂🦊👍🏽😀🚀🌍🎉', 15],
] as const)('estimates the tokens of %s', ([text, counted]) => {
  expect(estimateTokens(text) / counted).toBeGreaterThan(0.75);
  expect(estimateTokens(text) / counted).toBeLessThan(1.45);
});

test('an empty text has no tokens, and any other has one', () => {
  expect(estimateTokens('')).toBe(0);
  expect(estimateTokens('a')).toBe(1);
  expect(estimateTokens('aaaa')).toBe(1);
});

test('an image counts by its size in pixels, between a least and a most, and its bytes do not', () => {
  const ask = (width: number, height: number, data = 'AAAA') =>
    estimateMessages([
      { role: 'user', text: 'x', images: [{ name: 'a.png', mediaType: 'image/png', data, width, height }] },
    ]) - estimateMessages([{ role: 'user', text: 'x' }]);
  expect(ask(1, 1)).toBe(1_120);
  expect(ask(1_500, 1_000)).toBe(2_000);
  expect(ask(8_000, 8_000)).toBe(16_200);
  expect(ask(1, 1, 'A'.repeat(1_000_000))).toBe(1_120);
});
